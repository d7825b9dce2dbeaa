using System.Buffers;
using MQTTnet.Formatter;
using MQTTnet.Packets;
using MQTTnet.Protocol;
using SmartCommunity.Mqtt.Wire;

namespace SmartCommunity.Mqtt.Links;

/// <summary>
/// What one connection's client takes (MQTT 5, CONNECT: Receive Maximum, Maximum Packet Size, Topic Alias Maximum), and the writing of messages to
/// it. Everything here is called by whoever holds the output.
/// </summary>
internal sealed class DownWire(LinkOutput output, MqttPacketFormatterAdapter formatter, int unacknowledgedMax, int aliasesMax)
{
    private readonly Dictionary<string, ushort> aliases = new(StringComparer.Ordinal);

    public LinkOutput Output => output;

    public int UnacknowledgedMax => unacknowledgedMax;

    /// <summary>Writes a PUBLISH. False: it is larger than what the client takes, nothing was written.</summary>
    /// <param name="secondsLeft">Message Expiry Interval; 0: none.</param>
    public bool TryWrite(DownMessage message, ushort packetId, bool isDuplicate, uint secondsLeft)
    {
        var packet = new MqttPublishPacket
        {
            Topic = message.Topic,
            Payload = new ReadOnlySequence<byte>(message.Payload),
            PacketIdentifier = packetId,
            QualityOfServiceLevel = (MqttQualityOfServiceLevel)message.Qos,
            Dup = isDuplicate && message.Qos > 0,
            Retain = message.IsRetained,
            ContentType = message.ContentType,
            ResponseTopic = message.ResponseTopic,
            CorrelationData = message.CorrelationData,
            PayloadFormatIndicator = message.PayloadFormat,
            UserProperties = message.UserProperties,
            SubscriptionIdentifiers = message.SubscriptionIds,
            MessageExpiryInterval = secondsLeft,
        };
        var isKnown = SetAlias(packet);
        if (TryEncode(packet))
        {
            return true;
        }

        if (packet.TopicAlias != 0 && !isKnown)
        {
            // The client has not heard of it.
            aliases.Remove(message.Topic);
        }

        return false;
    }

    public void WriteRelease(ushort packetId) => output.Pipe.Write<byte>([0x62, 2, (byte)(packetId >> 8), (byte)packetId]);

    /// <summary>True when the client knows the alias already, so that the topic can be left out.</summary>
    private bool SetAlias(MqttPublishPacket packet)
    {
        if (aliases.TryGetValue(packet.Topic, out var alias))
        {
            packet.TopicAlias = alias;
            packet.Topic = string.Empty;
            return true;
        }

        if (aliases.Count < aliasesMax)
        {
            packet.TopicAlias = aliases[packet.Topic] = (ushort)(aliases.Count + 1);
        }

        return false;
    }

    private bool TryEncode(MqttPublishPacket packet)
    {
        try
        {
            var bytes = formatter.Encode(packet);
            if (output.PeerPacketBytesMax > 0 && bytes.Length > output.PeerPacketBytesMax)
            {
                return false;
            }

            output.Pipe.Write(bytes.Packet.AsSpan());
            foreach (var segment in bytes.Payload)
            {
                output.Pipe.Write(segment.Span);
            }

            return true;
        }
        finally
        {
            formatter.Cleanup();
        }
    }
}
