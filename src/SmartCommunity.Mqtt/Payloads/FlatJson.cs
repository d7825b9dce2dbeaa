using System.IO.Hashing;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Domain.Twins;

namespace SmartCommunity.Mqtt.Payloads;

/// <summary>
/// The payload codec: flat JSON read straight from the buffer, without an object model. What cannot be decoded becomes a message
/// with <see cref="DeviceMessage.Rejected"/> set; nothing here throws on bad input.
/// </summary>
internal static class FlatJson
{
    /// <summary>The most messages a packet may hold.</summary>
    public const int MessagesMax = 1000;

    /// <summary>The deepest nesting of a telemetry payload: array, object, values.</summary>
    public const int TelemetryDepthMax = 8;

    /// <summary>The deepest nesting of an event, report or state.</summary>
    public const int BodyDepthMax = 32;

    private static readonly JsonReaderOptions TelemetryOptions = new() { MaxDepth = TelemetryDepthMax };
    private static readonly JsonReaderOptions BodyOptions = new() { MaxDepth = BodyDepthMax };

    /// <summary>64-bit hash of the bytes of one message.</summary>
    public static ulong FingerprintOf(ReadOnlySpan<byte> element) => XxHash64.HashToUInt64(element);

    /// <summary>Decodes a payload into one or more messages; at least one is added, always.</summary>
    public static void Decode(ReadOnlySpan<byte> payload, in DecodeTarget target, MessageBuffer into)
    {
        if (target.Kind == MessageKind.Telemetry && !payload.IsEmpty && Utf8.IsValid(payload) && TryDecodeTelemetry(payload, target, into)
            && !HidesHalfCharacter(payload, into))
        {
            return;
        }

        into.Clear();
        if (FirstFault(payload, target.Kind) is { } fault)
        {
            into.Add(Reject(payload, target, fault, default));
        }
        else if (target.Kind == MessageKind.Telemetry)
        {
            into.Add(Reject(payload, target, Faults.Shape(string.Empty, "Telemetry is an object or an array of objects."), default));
        }
        else
        {
            into.Add(DecodeBody(payload, target));
        }
    }

    /// <summary>A message that is only good for quarantine.</summary>
    public static DeviceMessage Reject(ReadOnlySpan<byte> element, in DecodeTarget target, Refusal reason, in Envelope envelope) =>
        envelope.ToMessage(target, element) with { Rejected = reason, Body = ExcerptOf(element) };

    /// <summary>
    /// Looks at the whole text once: a packet is either JSON or it is not, so half a batch is never taken.
    /// </summary>
    public static Refusal? FirstFault(ReadOnlySpan<byte> payload, MessageKind kind)
    {
        if (payload.IsEmpty)
        {
            return Faults.Empty;
        }

        if (payload.StartsWith(Encoding.UTF8.Preamble))
        {
            return Faults.NotJson(0, "a byte order mark");
        }

        if (!Utf8.IsValid(payload))
        {
            return Faults.NotJson(ValidPrefixOf(payload), "a byte that is not UTF-8");
        }

        var reader = new Utf8JsonReader(payload, kind == MessageKind.Telemetry ? TelemetryOptions : BodyOptions);
        try
        {
            while (reader.Read())
            {
                if (reader.ValueIsEscaped && !IsSoundText(ref reader))
                {
                    return Faults.NotJson(reader.TokenStartIndex, "half of a surrogate pair");
                }
            }

            return null;
        }
        catch (JsonException)
        {
            return Faults.NotJson(PositionOf(reader, payload.Length), "an unexpected character, end or depth");
        }
    }

    /// <summary>What was skipped because of its shape was not read; text that is no text makes the packet no JSON.</summary>
    private static bool HidesHalfCharacter(ReadOnlySpan<byte> payload, MessageBuffer into)
    {
        if (payload.IndexOf("\\u"u8) < 0)
        {
            return false;
        }

        for (var i = 0; i < into.Count; i++)
        {
            if (into[i].Rejected is not null)
            {
                return FirstFault(payload, MessageKind.Telemetry) is not null;
            }
        }

        return false;
    }

    private static bool IsSoundText(ref Utf8JsonReader reader)
    {
        if (reader.ValueSpan.IndexOf("\\u"u8) < 0)
        {
            return true;
        }

        try
        {
            return reader.GetString() is not null;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static long PositionOf(in Utf8JsonReader reader, int length) => Math.Min(reader.BytesConsumed, length);

    private static long ValidPrefixOf(ReadOnlySpan<byte> payload)
    {
        var at = 0;
        while (Rune.DecodeFromUtf8(payload[at..], out _, out var bytes) == System.Buffers.OperationStatus.Done)
        {
            at += bytes;
        }

        return at;
    }

    /// <summary>One pass over the text. False when it is not JSON to its end; then nothing that was added may be used.</summary>
    private static bool TryDecodeTelemetry(ReadOnlySpan<byte> payload, in DecodeTarget target, MessageBuffer into)
    {
        var reader = new Utf8JsonReader(payload, TelemetryOptions);
        try
        {
            reader.Read();
            if (reader.TokenType == JsonTokenType.StartObject)
            {
                into.Add(TelemetryReader.Read(ref reader, payload, target));
            }
            else if (reader.TokenType == JsonTokenType.StartArray)
            {
                DecodeArray(ref reader, payload, target, into);
            }

            return into.Count > 0 && !reader.Read();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Not JSON, or half of a surrogate pair in a string: the slow path finds out where.
            return false;
        }
    }

    private static void DecodeArray(ref Utf8JsonReader reader, ReadOnlySpan<byte> payload, in DecodeTarget target, MessageBuffer into)
    {
        var count = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (count++ < MessagesMax)
            {
                into.Add(DecodeElement(ref reader, payload, target));
            }
            else
            {
                reader.Skip();
            }
        }

        if (count is 0 or > MessagesMax)
        {
            into.Clear();
            var fault = count == 0 ? Faults.Shape(string.Empty, "An array must hold at least one message.") : Faults.TooMany(MessagesMax);
            into.Add(Reject(payload, target, fault, default));
        }
    }

    private static DeviceMessage DecodeElement(ref Utf8JsonReader reader, ReadOnlySpan<byte> payload, in DecodeTarget target)
    {
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            return TelemetryReader.Read(ref reader, payload, target);
        }

        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        var element = payload[start..(int)reader.BytesConsumed];
        return Reject(element, target, Faults.Shape(string.Empty, "Every element of the array must be an object."), default);
    }

    private static DeviceMessage DecodeBody(ReadOnlySpan<byte> payload, in DecodeTarget target)
    {
        var reader = new Utf8JsonReader(payload, BodyOptions);
        var envelope = default(Envelope);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return Reject(payload, target, Faults.Shape(string.Empty, "The payload must be one JSON object."), default);
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!envelope.TryTake(ref reader))
            {
                reader.Skip();
            }
        }

        if (envelope.Fault is null && DuplicateNames.FirstIn(payload, BodyOptions) is { } twice)
        {
            envelope.Refuse(Faults.Twice(twice));
        }

        if (target.Kind is MessageKind.Event or MessageKind.Report && !envelope.HasKey && target.OuterId is null)
        {
            envelope.Refuse(Faults.NoKey);
        }

        return envelope.Fault is { } fault
            ? Reject(payload, target, fault, envelope)
            : envelope.ToMessage(target, payload) with { Body = Encoding.UTF8.GetString(payload) };
    }

    /// <summary>What is kept of a payload that is refused.</summary>
    public static string ExcerptOf(ReadOnlySpan<byte> element)
    {
        var text = Encoding.UTF8.GetString(element[..Math.Min(element.Length, DeviceMessage.ExcerptCharsMax * 4)]);
        return text.Length <= DeviceMessage.ExcerptCharsMax ? text : text[..DeviceMessage.ExcerptCharsMax];
    }
}
