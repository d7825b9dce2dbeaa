using System.Text;
using System.Text.Unicode;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Domain.Twins;

namespace SmartCommunity.Mqtt.Payloads;

/// <summary>
/// <c>smartcommunity.v1.TelemetryMessage</c> and <c>TelemetryBatch</c>, read in place. As in generated code unknown fields are let pass and the last of a
/// repeated single field counts.
/// </summary>
internal static class Protobuf
{
    private const string Telemetry = "smartcommunity.v1.TelemetryMessage";
    private const int IdField = 1;
    private const int TimeField = 2;
    private const int SequenceField = 3;
    private const int ValuesField = 4;
    private const int MessagesField = 15;
    private const int MetricField = 1;
    private const int ValueField = 2;

    /// <summary>Text is never taken for protobuf, nor are bytes that hold anything but the known fields.</summary>
    public static bool Claims(ReadOnlySpan<byte> payload, in DecodeTarget target, Refusal fault)
    {
        if (target.Kind != MessageKind.Telemetry || fault.Code != RefusalCode.NotJson)
        {
            return false;
        }

        var reader = new WireReader(payload);
        while (!reader.IsAtEnd)
        {
            if (!reader.TryReadTag(out var field, out var wire)
                || (field, wire) is not ((IdField, WireReader.Bytes) or (TimeField or SequenceField, WireReader.Varint)
                    or (ValuesField or MessagesField, WireReader.Bytes))
                || !reader.TrySkip(wire))
            {
                return false;
            }
        }

        return true;
    }

    public static void Decode(ReadOnlySpan<byte> payload, in DecodeTarget target, MessageBuffer into)
    {
        var fault = target.Kind != MessageKind.Telemetry ? Faults.TelemetryOnly
            : payload.IsEmpty ? Faults.Empty with { WayOut = $"Send a {Telemetry}." }
            : null;
        var reader = new WireReader(payload);
        var (single, count) = (false, 0);
        while (fault is null && !reader.IsAtEnd)
        {
            if (!reader.TryReadTag(out var field, out var wire))
            {
                fault = Broken(reader.At);
            }
            else if ((field, wire) == (MessagesField, WireReader.Bytes))
            {
                fault = !reader.TryReadBytes(out var message) ? Broken(reader.At) : count == FlatJson.MessagesMax ? Faults.TooMany(FlatJson.MessagesMax) : null;
                if (fault is null)
                {
                    into.Add(DecodeOne(message, target, reader.At - message.Length, $"messages[{count++}]."));
                }
            }
            else
            {
                single |= field <= ValuesField;
                fault = reader.TrySkip(wire) ? null : Broken(reader.At);
            }
        }

        if (fault is null && single && count > 0)
        {
            fault = Faults.Shape("messages", "A payload is either one message or a batch.");
        }

        if (fault is not null)
        {
            into.Clear();
            into.Add(MessageDraft.Reject(payload, target, fault));
        }
        else if (count == 0)
        {
            into.Add(DecodeOne(payload, target, 0, string.Empty));
        }
    }

    /// <param name="offset">Where the message begins in the payload.</param>
    /// <param name="part">What stands before a field in refusals.</param>
    private static DeviceMessage DecodeOne(ReadOnlySpan<byte> bytes, in DecodeTarget target, int offset, string part)
    {
        var draft = new MessageDraft();
        var reader = new WireReader(bytes);
        while (!reader.IsAtEnd)
        {
            if (!reader.TryReadTag(out var field, out var wire) || !TryTake(ref reader, field, wire, target, draft, part))
            {
                draft.Refuse(Broken(offset + reader.At));
                break;
            }
        }

        Judge(draft, part);
        return draft.ToMessage(target, FlatJson.FingerprintOf(bytes), MessageDraft.Hex(bytes));
    }

    private static bool TryTake(ref WireReader reader, int field, int wire, in DecodeTarget target, MessageDraft draft, string part)
    {
        switch (field, wire)
        {
            case (IdField, WireReader.Bytes):
                if (!reader.TryReadBytes(out var id))
                {
                    return false;
                }

                // Proto3 writes no empty text: an empty id is none.
                draft.MessageId = Utf8.IsValid(id) ? (id.IsEmpty ? null : Encoding.UTF8.GetString(id)) : "\0";
                return true;
            case (TimeField, WireReader.Varint):
                var hasTime = reader.TryReadVarint(out var at);
                draft.AtMs = (long)at;
                return hasTime;
            case (SequenceField, WireReader.Varint):
                var hasSequence = reader.TryReadVarint(out var number);
                draft.Sequence = (long)number;
                return hasSequence;
            case (ValuesField, WireReader.Bytes):
                return reader.TryReadBytes(out var value) && TryTakeValue(value, target, draft, part);
            default:
                return reader.TrySkip(wire);
        }
    }

    private static bool TryTakeValue(ReadOnlySpan<byte> bytes, in DecodeTarget target, MessageDraft draft, string part)
    {
        var reader = new WireReader(bytes);
        var name = default(ReadOnlySpan<byte>);
        var value = 0.0;
        while (!reader.IsAtEnd)
        {
            if (!reader.TryReadTag(out var field, out var wire)
                || !((field, wire) switch
                {
                    (MetricField, WireReader.Bytes) => reader.TryReadBytes(out name),
                    (ValueField, WireReader.Fixed64) => reader.TryReadDouble(out value),
                    _ => reader.TrySkip(wire),
                }))
            {
                return false;
            }
        }

        var index = target.Metrics.IndexOf(name);
        if (index >= 0)
        {
            draft.Put(target, index, value, $"{part}values.{target.Metrics[index].Name}");
        }
        else
        {
            var unknown = Faults.UnknownMetric(Encoding.UTF8.GetString(name), target.Profile);
            draft.Refuse(unknown with { Field = part + unknown.Field });
        }

        return true;
    }

    private static void Judge(MessageDraft draft, string part)
    {
        if (draft.MessageId is { } id && !Envelope.IsId(id))
        {
            draft.Refuse(Faults.BadId($"An id has 1 to {Envelope.IdCharsMax} printable characters and does not begin with #.") with { Field = part + "id" });
            draft.MessageId = null;
        }

        if (draft.Sequence < 0)
        {
            draft.Refuse(Faults.Shape(part + "seq", "The sequence number must be a whole number from 0 to 2^63 - 1."));
            draft.Sequence = null;
        }

        if (draft.AtMs is < 0 or > Envelope.AtMsMax)
        {
            draft.Refuse(Faults.BadTime("ts_ms must be Unix milliseconds (0 to the end of year 9999).") with { Field = part + "ts_ms" });
            draft.AtMs = null;
        }

        draft.MessageId ??= draft.Sequence is { } number ? FormattableString.Invariant($"#{number}") : null;
    }

    private static Refusal Broken(long position) => Faults.Bytes(
        position,
        $"The payload must be a {Telemetry} or a TelemetryBatch: at byte {position} it is not.",
        "Encode it with code generated from telemetry.proto, and send it whole.");
}
