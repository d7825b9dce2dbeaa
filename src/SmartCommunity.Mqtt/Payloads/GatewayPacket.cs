using System.Text.Json;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Domain.Twins;
using SmartCommunity.Mqtt.Links;

namespace SmartCommunity.Mqtt.Payloads;

/// <summary>
/// <c>{"child-id":[{"ts":…,"values":{…}}, …], …}</c>: messages of several devices in one packet. A child's value may also be one object, and an object
/// may hold its values itself, as on the alias topic.
/// </summary>
internal static class GatewayPacket
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = FlatJson.BodyDepthMax };

    /// <summary>The devices a packet names, each once; or why the packet as a whole is none.</summary>
    public static Refusal? TryReadNames(ReadOnlySpan<byte> payload, List<string> names)
    {
        names.Clear();
        if (FlatJson.FirstFault(payload, MessageKind.Event) is { } fault)
        {
            return fault;
        }

        var reader = new Utf8JsonReader(payload, Options);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return Shape(string.Empty, "The payload must be an object of device ids.");
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        var messages = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            var count = CountOf(ref reader);
            messages += count;
            if (!seen.Add(name))
            {
                return Faults.Twice(Faults.Cut(name));
            }

            if (count == 0)
            {
                return Shape(Faults.Cut(name), "A device's value is a message or an array of at least one.");
            }

            names.Add(name);
        }

        return names.Count == 0 ? Shape(string.Empty, "The payload must name at least one device.")
            : messages > FlatJson.MessagesMax ? Faults.TooMany(FlatJson.MessagesMax)
            : null;
    }

    /// <summary>Decodes a packet whose names could be read.</summary>
    /// <param name="own">The gateway itself: what is wrong with a name is its own fault.</param>
    /// <param name="children">The device of a name; null when the gateway does not speak for it.</param>
    public static void Decode(ReadOnlySpan<byte> payload, in DecodeTarget own, Func<string, DeviceContext?> children, MessageBuffer into)
    {
        var reader = new Utf8JsonReader(payload, Options);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            var child = children(name);
            reader.Read();
            if (reader.TokenType == JsonTokenType.StartObject)
            {
                Add(ElementOf(ref reader, payload), own, name, name, child, into);
                continue;
            }

            for (var i = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; i++)
            {
                Add(ElementOf(ref reader, payload), own, name, $"{name}[{i}]", child, into);
            }
        }
    }

    private static int CountOf(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            var count = reader.TokenType == JsonTokenType.StartObject ? 1 : 0;
            reader.Skip();
            return count;
        }

        var elements = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            elements++;
            reader.Skip();
        }

        return elements;
    }

    private static ReadOnlySpan<byte> ElementOf(ref Utf8JsonReader reader, ReadOnlySpan<byte> payload)
    {
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return payload[start..(int)reader.BytesConsumed];
    }

    private static void Add(ReadOnlySpan<byte> element, in DecodeTarget own, string name, string part, DeviceContext? child, MessageBuffer into)
    {
        if (child is null)
        {
            into.Add(FlatJson.Reject(element, own, Unknown(name), default));
            return;
        }

        var target = child.Target(MessageKind.Telemetry, isAlias: true, own.ReceivedMs);
        if (element[0] != (byte)'{')
        {
            into.Add(FlatJson.Reject(element, target, Shape(part, "A message is an object."), default), child.Route);
            return;
        }

        var inner = new MessageBuffer();
        FlatJson.Decode(element, target, inner);
        var message = inner[0];
        into.Add(message.Rejected is { } fault ? message with { Rejected = Faults.Within(part, fault) } : message, child.Route);
    }

    private static Refusal Unknown(string name) => new(
        RefusalCode.NotFound,
        Faults.Cut(name),
        "The connection speaks for no device of this id.",
        "Register the device with this gateway, or correct the id.");

    private static Refusal Shape(string field, string rule) =>
        Faults.Shape(field, rule) with { WayOut = "Send {\"device-id\":[{\"ts\":1732…,\"values\":{\"pm25\":41.5}}]}." };
}
