using SmartCommunity.Domain.Refusals;
using SmartCommunity.Domain.Twins;

namespace SmartCommunity.Mqtt.Payloads;

/// <summary>Raw bytes by the decoder of the device's profile. They hold neither key nor time: a CloudEvent in binary mode around them gives both.</summary>
internal static class RawBytes
{
    /// <summary>For a profile with a decoder whatever is no JSON, unless it looks like JSON with a mistake and fits no layout.</summary>
    public static bool Claims(ReadOnlySpan<byte> payload, in DecodeTarget target, Refusal fault) => target.Decoder is { } decoder
        && target.Kind == MessageKind.Telemetry
        && (fault.Code == RefusalCode.NotJson || payload[0] is not ((byte)'{' or (byte)'['))
        && (payload[0] is not ((byte)'{' or (byte)'[') || decoder.For(payload) is not null);

    public static void Decode(ReadOnlySpan<byte> payload, in DecodeTarget target, MessageBuffer into)
    {
        if (JudgeForm(payload, target) is { } fault)
        {
            into.Add(MessageDraft.Reject(payload, target, fault));
            return;
        }

        var draft = new MessageDraft();
        foreach (var field in target.Decoder!.For(payload)!.Fields)
        {
            if (field.Read(payload) is { } value)
            {
                draft.Put(target, field.MetricIndex, value, Faults.BytePrefix + field.Offset.ToString(System.Globalization.CultureInfo.InvariantCulture));
            }
        }

        into.Add(draft.ToMessage(target, FlatJson.FingerprintOf(payload), MessageDraft.Hex(payload)));
    }

    private static Refusal? JudgeForm(ReadOnlySpan<byte> payload, in DecodeTarget target)
    {
        if (target.Kind != MessageKind.Telemetry)
        {
            return Faults.TelemetryOnly;
        }

        if (payload.IsEmpty)
        {
            return Faults.Empty with { WayOut = "Send the bytes that the profile's decoder reads." };
        }

        if (target.Decoder is not { } decoder)
        {
            return Faults.Shape("content-type", $"The profile {target.Profile} has no decoder for raw bytes.") with { WayOut = "Give the profile a decoder, or send JSON." };
        }

        return decoder.For(payload) is null
            ? Faults.Bytes(0, $"The profile's decoder reads {decoder}; {payload.Length} bytes came.", "Send what a layout of the decoder fits, or add a layout to the profile.")
            : null;
    }
}
