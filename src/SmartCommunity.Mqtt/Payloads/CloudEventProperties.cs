using System.Text;
using System.Text.Unicode;
using SmartCommunity.Mqtt.Wire;

namespace SmartCommunity.Mqtt.Payloads;

/// <summary>CloudEvents 1.0 in binary mode: the attributes are MQTT 5 user properties, the payload is the data, its content type the packet's.</summary>
internal static class CloudEventProperties
{
    public static bool AreIn(ReadOnlySpan<byte> properties)
    {
        while (PublishPacket.TryNextUserProperty(ref properties, out var name, out _))
        {
            if (name.SequenceEqual("specversion"u8))
            {
                return true;
            }
        }

        return false;
    }

    public static void Decode(in PublishPacket packet, in DecodeTarget target, MessageBuffer into)
    {
        var attributes = default(CloudEventAttributes);
        var rest = packet.Properties;
        while (PublishPacket.TryNextUserProperty(ref rest, out var name, out var value))
        {
            if (!Utf8.IsValid(name) || !Utf8.IsValid(value))
            {
                attributes.Refuse(Faults.Shape("user-property", "A user property must be UTF-8."));
                continue;
            }

            attributes.Take(Encoding.UTF8.GetString(name), Encoding.UTF8.GetString(value));
        }

        into.Add(attributes.Judge() is { } fault
            ? FlatJson.Reject(packet.Payload, target, fault, default)
            : CloudEvents.DecodeData(packet.ContentType, packet.Payload, target, attributes, string.Empty));
    }
}
