using System.Text;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Domain.Twins;
using SmartCommunity.Mqtt.Wire;

namespace SmartCommunity.Mqtt.Payloads;

/// <summary>Decodes a payload; adds at least one message, always, and never throws on bad input.</summary>
internal delegate void FormDecoder(ReadOnlySpan<byte> payload, in DecodeTarget target, MessageBuffer into);

/// <summary>Whether a payload without a content type is of a form; asked only after flat JSON has refused it.</summary>
/// <param name="fault">Why it is no flat JSON.</param>
internal delegate bool FormClaim(ReadOnlySpan<byte> payload, in DecodeTarget target, Refusal fault);

/// <summary>One form of payload.</summary>
/// <param name="ContentTypes">In lower case, without parameters.</param>
internal sealed record PayloadForm(string Name, string[] ContentTypes, FormDecoder Decode, FormClaim Claims);

/// <summary>
/// The forms a message can have. All end in the same <see cref="DeviceMessage"/>; what a form cannot read becomes a rejected message that
/// travels the same lane.
/// </summary>
internal static class PayloadForms
{
    /// <summary>In the order in which they are asked. Flat JSON comes first and costs nothing more for the others.</summary>
    public static readonly PayloadForm[] All =
    [
        new("flat JSON", ["application/json", "text/json"], FlatJson.Decode, static (_, in _, _) => false),
        new("CloudEvent", ["application/cloudevents+json"], CloudEvents.Decode, CloudEvents.Claims),
        new("CloudEvents batch", ["application/cloudevents-batch+json"], CloudEvents.DecodeBatch, CloudEvents.ClaimsBatch),
        new("SenML", ["application/senml+json"], SenmlJson.Decode, SenmlJson.Claims),
        new("raw bytes", ["application/octet-stream"], RawBytes.Decode, RawBytes.Claims),
        new("protobuf", ["application/x-protobuf", "application/vnd.google.protobuf", "application/protobuf"], Protobuf.Decode, Protobuf.Claims),
    ];

    public static void Decode(in PublishPacket packet, in DecodeTarget target, MessageBuffer into)
    {
        if (packet.HasUserProperty && CloudEventProperties.AreIn(packet.Properties))
        {
            CloudEventProperties.Decode(packet, target, into);
            return;
        }

        Decode(packet.ContentType, packet.Payload, target, into);
    }

    /// <param name="contentType">Empty: found out by looking.</param>
    public static void Decode(ReadOnlySpan<byte> contentType, ReadOnlySpan<byte> payload, in DecodeTarget target, MessageBuffer into)
    {
        if (contentType.IsEmpty)
        {
            Look(payload, target, into);
        }
        else if (FormOf(contentType) is { } form)
        {
            form.Decode(payload, target, into);
        }
        else
        {
            into.Add(FlatJson.Reject(payload, target, Faults.ContentType, default));
        }
    }

    /// <summary>The form of a content type, whatever its parameters and the case of its letters; null when there is none.</summary>
    public static PayloadForm? FormOf(ReadOnlySpan<byte> contentType)
    {
        var end = contentType.IndexOf((byte)';');
        var type = (end < 0 ? contentType : contentType[..end]).Trim((byte)' ');
        foreach (var form in All)
        {
            foreach (var known in form.ContentTypes)
            {
                if (Ascii.EqualsIgnoreCase(type, known))
                {
                    return form;
                }
            }
        }

        return null;
    }

    private static void Look(ReadOnlySpan<byte> payload, in DecodeTarget target, MessageBuffer into)
    {
        // An event, report or state may be any object, so flat JSON would never refuse a CloudEvent.
        if (target.Kind != MessageKind.Telemetry && CloudEvents.IsOne(payload))
        {
            CloudEvents.Decode(payload, target, into);
            return;
        }

        FlatJson.Decode(payload, target, into);
        if (into[0].Rejected is not { } fault || payload.IsEmpty)
        {
            return;
        }

        foreach (var form in All)
        {
            if (form.Claims(payload, target, fault))
            {
                into.Clear();
                form.Decode(payload, target, into);
                return;
            }
        }
    }
}
