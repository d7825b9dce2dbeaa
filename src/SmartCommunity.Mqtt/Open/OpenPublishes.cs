using System.Buffers;
using MQTTnet.Adapter;
using MQTTnet.Formatter;
using MQTTnet.Packets;
using SmartCommunity.Mqtt.Links;
using SmartCommunity.Mqtt.Wire;

namespace SmartCommunity.Mqtt.Open;

/// <summary>The way of a guest's PUBLISH: judged, passed on, answered. The same rules of the wire as for devices, without their cost being counted.</summary>
internal sealed class OpenPublishes(OpenBroker broker, MqttLink link, OpenSession session, MqttPacketFormatterAdapter formatter) : IPublishPath
{
    private readonly Dictionary<ushort, string> aliases = [];

    public ReasonCode Fault { get; private set; }

    public Taken Publish(byte header, ReadOnlySpan<byte> body, long receivedMs)
    {
        var ring = link.Ring!;
        if (!ring.HasRoom)
        {
            return Taken.RingFull;
        }

        switch (PublishPacket.Read(header, body, link.IsVersion5, out var read))
        {
            case PublishFault.Malformed:
                return Fatal(ReasonCode.MalformedPacket);
            case PublishFault.PacketIdZero:
                return Fatal(ReasonCode.ProtocolError);
        }

        if (!TryDecode(header, body, out var packet))
        {
            return Fatal(ReasonCode.MalformedPacket);
        }

        if (read.HasTopicAlias && !TryResolve(packet))
        {
            return Fatal(ReasonCode.TopicAliasNotValid);
        }

        var verdict = broker.Scope.Judge(packet.Topic ?? string.Empty);
        if (verdict != ReasonCode.Success && (!link.IsVersion5 || read.Qos == 0 || verdict == ReasonCode.TopicNotValid))
        {
            return Fatal(verdict);
        }

        if (verdict == ReasonCode.Success)
        {
            var known = read.Qos == 2 ? session.Handshakes.TryBegin(read.PacketId) : null;
            if (known == ReasonCode.ReceiveMaximumExceeded)
            {
                return Fatal(ReasonCode.ReceiveMaximumExceeded);
            }

            if (known is null)
            {
                broker.Publish(session, MessageOf(packet));
            }
        }

        if (read.Qos > 0)
        {
            ring.Answer(read.Qos == 1 ? PacketType.PubAck : PacketType.PubRec, read.PacketId, verdict);
        }

        return Taken.Done;
    }

    public bool TryRelease(ushort packetId)
    {
        if (!link.Ring!.HasRoom)
        {
            return false;
        }

        var known = session.Handshakes.End(packetId);
        link.Ring.Answer(PacketType.PubComp, packetId, known ? ReasonCode.Success : ReasonCode.PacketIdNotFound);
        return true;
    }

    public ValueTask PostRestAsync() => ValueTask.CompletedTask;

    public void OnHandshakeEnded(ushort packetId) => session.Handshakes.End(packetId);

    /// <summary>When a message of so many seconds expires; 0: never.</summary>
    public static long ExpiryOf(uint seconds, TimeProvider clock) => seconds == 0 ? 0 : clock.GetUtcNow().ToUnixTimeMilliseconds() + (seconds * 1_000L);

    private DownMessage MessageOf(MqttPublishPacket packet) => new(packet.Topic, packet.Payload.ToArray())
    {
        Qos = (int)packet.QualityOfServiceLevel,
        IsRetained = packet.Retain,
        ContentType = packet.ContentType,
        ResponseTopic = packet.ResponseTopic,
        CorrelationData = packet.CorrelationData,
        PayloadFormat = packet.PayloadFormatIndicator,
        UserProperties = packet.UserProperties,
        ExpiresAtMs = ExpiryOf(packet.MessageExpiryInterval, broker.Clock),
    };

    private bool TryDecode(byte header, ReadOnlySpan<byte> body, out MqttPublishPacket packet)
    {
        try
        {
            packet = (MqttPublishPacket)formatter.Decode(new ReceivedMqttPacket(header, new ArraySegment<byte>(body.ToArray()), body.Length));
            return true;
        }
        catch (Exception e) when (PacketDecoding.IsMalformed(e))
        {
            packet = new MqttPublishPacket();
            return false;
        }
    }

    private bool TryResolve(MqttPublishPacket packet)
    {
        if (packet.TopicAlias == 0 || packet.TopicAlias > link.Services.Options.TopicAliasesMax)
        {
            return false;
        }

        if (!string.IsNullOrEmpty(packet.Topic))
        {
            aliases[packet.TopicAlias] = packet.Topic;
            return true;
        }

        return aliases.TryGetValue(packet.TopicAlias, out var topic) && (packet.Topic = topic).Length > 0;
    }

    private Taken Fatal(ReasonCode code)
    {
        link.Services.Metrics.Refused.Add(1);
        Fault = code;
        return Taken.Fatal;
    }
}
