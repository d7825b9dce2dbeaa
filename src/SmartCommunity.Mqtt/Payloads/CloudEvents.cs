using System.Text;
using System.Text.Json;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Domain.Twins;

namespace SmartCommunity.Mqtt.Payloads;

/// <summary>CloudEvents 1.0 in JSON: one event, or a batch. The data is one message in any other form.</summary>
internal static class CloudEvents
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = FlatJson.BodyDepthMax };

    public static bool Claims(ReadOnlySpan<byte> payload, in DecodeTarget target, Refusal fault) => IsOne(payload);

    /// <summary>Whether it is a JSON object with <c>specversion</c>.</summary>
    public static bool IsOne(ReadOnlySpan<byte> payload) => Begins(payload, inArray: false);

    public static bool ClaimsBatch(ReadOnlySpan<byte> payload, in DecodeTarget target, Refusal fault) => Begins(payload, inArray: true);

    public static void Decode(ReadOnlySpan<byte> payload, in DecodeTarget target, MessageBuffer into)
    {
        if (FlatJson.FirstFault(payload, MessageKind.Event) is { } fault)
        {
            into.Add(FlatJson.Reject(payload, target, fault, default));
            return;
        }

        var reader = new Utf8JsonReader(payload, Options);
        reader.Read();
        into.Add(reader.TokenType == JsonTokenType.StartObject
            ? DecodeOne(ref reader, payload, target)
            : FlatJson.Reject(payload, target, Faults.Shape(string.Empty, "A CloudEvent is a JSON object."), default));
    }

    public static void DecodeBatch(ReadOnlySpan<byte> payload, in DecodeTarget target, MessageBuffer into)
    {
        var fault = FlatJson.FirstFault(payload, MessageKind.Event);
        var reader = new Utf8JsonReader(payload, Options);
        if (fault is null && reader.Read() && reader.TokenType != JsonTokenType.StartArray)
        {
            fault = Faults.Shape(string.Empty, "A batch is a JSON array of CloudEvents.");
        }

        var count = 0;
        while (fault is null && reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (count == FlatJson.MessagesMax)
            {
                fault = Faults.TooMany(FlatJson.MessagesMax);
                break;
            }

            into.Add(DecodeElement(ref reader, payload, target, count++));
        }

        if (fault is null && count == 0)
        {
            fault = Faults.Shape(string.Empty, "An array must hold at least one message.");
        }

        if (fault is not null)
        {
            into.Clear();
            into.Add(FlatJson.Reject(payload, target, fault, default));
        }
    }

    /// <summary>Decodes the data of an event as the one message it must be.</summary>
    public static DeviceMessage DecodeData(
        ReadOnlySpan<byte> contentType, ReadOnlySpan<byte> data, in DecodeTarget target, CloudEventAttributes attributes, string part)
    {
        if (PayloadForms.FormOf(contentType)?.Name.StartsWith("CloudEvent", StringComparison.Ordinal) == true)
        {
            return FlatJson.Reject(data, target, Faults.Shape(part, "A CloudEvent inside a CloudEvent is no message."), default);
        }

        var inner = new MessageBuffer();
        PayloadForms.Decode(contentType, data, target with { OuterId = attributes.Key, OuterAtMs = attributes.AtMs, AllowsPlain = true }, inner);
        if (inner.Count != 1)
        {
            return FlatJson.Reject(data, target, Faults.Shape(part, "The data of a CloudEvent is one message.") with { WayOut = "Send a batch of CloudEvents." }, default);
        }

        var message = inner[0];
        return message.Rejected is { } fault && part.Length > 0 ? message with { Rejected = Faults.Within(part, fault) } : message;
    }

    private static bool Begins(ReadOnlySpan<byte> payload, bool inArray)
    {
        if (payload.IndexOf("\"specversion\""u8) < 0)
        {
            return false;
        }

        var reader = new Utf8JsonReader(payload, Options);
        try
        {
            if (inArray && !(reader.Read() && reader.TokenType == JsonTokenType.StartArray))
            {
                return false;
            }

            if (!(reader.Read() && reader.TokenType == JsonTokenType.StartObject))
            {
                return false;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("specversion"u8))
                {
                    return true;
                }

                reader.Skip();
            }

            return false;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static DeviceMessage DecodeElement(ref Utf8JsonReader reader, ReadOnlySpan<byte> payload, in DecodeTarget target, int index)
    {
        DeviceMessage message;
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            message = DecodeOne(ref reader, payload, target);
        }
        else
        {
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            message = FlatJson.Reject(
                payload[start..(int)reader.BytesConsumed], target, Faults.Shape(string.Empty, "Every element of the batch must be a CloudEvent."), default);
        }

        return message.Rejected is { } fault ? message with { Rejected = Faults.Within($"[{index}]", fault) } : message;
    }

    private static DeviceMessage DecodeOne(ref Utf8JsonReader reader, ReadOnlySpan<byte> payload, in DecodeTarget target)
    {
        var start = (int)reader.TokenStartIndex;
        var attributes = default(CloudEventAttributes);
        var data = default(ReadOnlySpan<byte>);
        byte[]? bytes = null;
        var parts = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            if (name == "data")
            {
                parts++;
                var from = (int)reader.TokenStartIndex;
                reader.Skip();
                data = payload[from..(int)reader.BytesConsumed];
                continue;
            }

            if (name == "data_base64")
            {
                parts++;
                if (reader.TokenType != JsonTokenType.String || !reader.TryGetBytesFromBase64(out bytes))
                {
                    attributes.Refuse(Faults.Shape(name, "data_base64 must be bytes in Base64."));
                }
            }
            else
            {
                attributes.Take(name, reader.TokenType == JsonTokenType.String ? reader.GetString() : null);
            }

            reader.Skip();
        }

        if (attributes.Judge() is null && parts != 1)
        {
            attributes.Refuse(Faults.Shape("data", "A CloudEvent here has either data or data_base64."));
        }

        if (attributes.Fault is { } fault)
        {
            return FlatJson.Reject(payload[start..(int)reader.BytesConsumed], target, fault, default);
        }

        var type = Encoding.UTF8.GetBytes(attributes.DataContentType ?? string.Empty);
        ReadOnlySpan<byte> known = type.Length == 0 ? "application/json"u8 : type;
        return bytes is not null ? DecodeData(known, bytes, target, attributes, "data_base64")
            : IsJson(known) ? DecodeData(known, data, target, attributes, "data")
            : FlatJson.Reject(data, target, Faults.Shape("datacontenttype", "data is JSON; other bytes stand in data_base64."), default);
    }

    private static bool IsJson(ReadOnlySpan<byte> contentType) => PayloadForms.FormOf(contentType)?.Name is "flat JSON" or "SenML";
}
