using SmartCommunity.Domain.Twins;
using SmartCommunity.Grains.Ingest;
using SmartCommunity.Mqtt.Commands;
using SmartCommunity.Mqtt.Payloads;
using SmartCommunity.Mqtt.Topics;
using SmartCommunity.Mqtt.Wire;

namespace SmartCommunity.Mqtt.Links;

/// <summary>How far a PUBLISH came.</summary>
internal enum Taken
{
    /// <summary>Posted or answered.</summary>
    Done,

    /// <summary>The ring is full: the packet was not touched, show it again later.</summary>
    RingFull,

    /// <summary>The lane is full: the packet is ours, its rest is posted by <see cref="IngestPath.PostRestAsync"/>.</summary>
    LaneFull,

    /// <summary>A device must be looked up by <see cref="IngestPath.LookUpAsync"/>: the packet was not touched, show it again then.</summary>
    LookUp,

    /// <summary>The connection must end with <see cref="IngestPath.Fault"/>.</summary>
    Fatal,
}

/// <summary>The way of a PUBLISH on an ingest topic: topic, handshake, decode, lane. Used by the reading side of one connection only.</summary>
internal sealed class IngestPath(MqttLink link, AckRing ring, TopicTable topics, bool isVersion5) : IPublishPath
{
    /// <summary>The pause between two attempts at a full lane, in milliseconds.</summary>
    private const int LaneRetryMs = 2;

    /// <summary>The QoS in the first byte of a PUBLISH.</summary>
    private const int QosMask = 0x06;

    private readonly IIngest ingest = link.Services.Ingest;
    private readonly MessageBuffer messages = new();
    private readonly Handshakes handshakes = new();
    private readonly GatewaySpeech speech = new(link);
    private DeviceContext? child;
    private long ticket;
    private int posted;

    /// <summary>Why the connection must end.</summary>
    public ReasonCode Fault { get; private set; }

    public void OnHandshakeEnded(ushort packetId) => handshakes.End(packetId);

    public Taken Publish(byte header, ReadOnlySpan<byte> body, long receivedMs)
    {
        if (!ring.HasRoom)
        {
            return isVersion5 && ring.IsAllUnanswered && (header & QosMask) != 0 ? Fatal(ReasonCode.ReceiveMaximumExceeded) : Taken.RingFull;
        }

        switch (PublishPacket.Read(header, body, isVersion5, out var packet))
        {
            case PublishFault.Malformed:
                return Fatal(ReasonCode.MalformedPacket);
            case PublishFault.PacketIdZero:
                return Fatal(ReasonCode.ProtocolError);
        }

        if (topics.Resolve(packet) is not { } topic)
        {
            return Fatal(ReasonCode.TopicAliasNotValid);
        }

        if (topic.Verdict != ReasonCode.Success)
        {
            return Refuse(packet, topic);
        }

        child = null;
        if (topic.Child is not null || topic.IsGateway)
        {
            if (!speech.TryFind(topic, packet.Payload, out child))
            {
                return Taken.LookUp;
            }

            if (topic.Child is not null && child is null)
            {
                return Refuse(packet, TopicRoute.NotAuthorised);
            }
        }

        if (packet.Qos == 2 && handshakes.TryBegin(packet.PacketId) is { } answer)
        {
            return AnswerRepeated(packet, answer);
        }

        Decode(packet, topic, receivedMs);
        return Post();
    }

    /// <summary>PUBREL: the end of a QoS 2 handshake.</summary>
    public bool TryRelease(ushort packetId)
    {
        if (!ring.HasRoom)
        {
            return false;
        }

        var known = handshakes.End(packetId);
        ring.Answer(PacketType.PubComp, packetId, known ? ReasonCode.Success : ReasonCode.PacketIdNotFound);
        return true;
    }

    /// <summary>Looks up what <see cref="Taken.LookUp"/> was about. False: the directory cannot be asked now, and the connection ends.</summary>
    public async ValueTask<bool> LookUpAsync()
    {
        try
        {
            await speech.LookUpAsync();
            return true;
        }
        catch (Exception e) when (e is not InvalidOperationException)
        {
            Log.LookupFailed(link.Services.Log, e);
            link.Close(ReasonCode.ServerBusy);
            return false;
        }
    }

    /// <summary>Goes on posting a packet that met a full lane or a store that takes nothing.</summary>
    public async ValueTask PostRestAsync()
    {
        link.Services.Metrics.Waits.Add(1);
        do
        {
            var wait = link.Services.Gate.Wait;
            await Task.Delay(wait > TimeSpan.Zero ? wait : TimeSpan.FromMilliseconds(LaneRetryMs), link.Services.Clock);
        }
        while (!link.IsClosing && Post() == Taken.LaneFull);
    }

    private static PacketType AckOf(byte qos) => qos switch
    {
        1 => PacketType.PubAck,
        2 => PacketType.PubRec,
        _ => AckRing.NoAck,
    };

    private Taken Fatal(ReasonCode code)
    {
        link.Services.Metrics.Refused.Add(1);
        Fault = code;
        return Taken.Fatal;
    }

    /// <summary>MQTT 3.1.1 cannot be told no: there the connection ends, since a PUBACK would be a lie.</summary>
    private Taken Refuse(in PublishPacket packet, TopicRoute topic)
    {
        if (topic.IsFatal || !isVersion5 || packet.Qos == 0)
        {
            return Fatal(topic.Verdict);
        }

        link.Services.Metrics.Refused.Add(1);
        ring.Answer(AckOf(packet.Qos), packet.PacketId, topic.Verdict);
        return Taken.Done;
    }

    /// <summary>The answer stands behind the first one in the ring, so it is never earlier than the commit.</summary>
    private Taken AnswerRepeated(in PublishPacket packet, ReasonCode answer)
    {
        if (answer != ReasonCode.Success)
        {
            return Fatal(answer);
        }

        ring.Answer(PacketType.PubRec, packet.PacketId, ReasonCode.Success);
        return Taken.Done;
    }

    private void Decode(in PublishPacket packet, TopicRoute topic, long receivedMs)
    {
        var target = (child ?? link.Device).Target(topic.Kind, topic.IsAlias, receivedMs);
        messages.Clear();
        if (topic.Command is { } command)
        {
            messages.Add(ReplyReader.Read(packet.Payload, target, command));
        }
        else if (topic.IsGateway)
        {
            speech.Decode(packet, target, messages);
        }
        else
        {
            PayloadForms.Decode(packet, target, messages);
        }

        posted = 0;
        object? origins = topic.IsGateway ? GatewaySpeech.OriginsOf(messages) : child?.Route;
        ticket = ring.Open(AckOf(packet.Qos), packet.PacketId, messages.Count, IdsOf(messages), origins);
    }

    private Taken Post()
    {
        if (link.Services.Gate.Wait > TimeSpan.Zero)
        {
            return Taken.LaneFull;
        }

        var route = child?.Route ?? link.Device.Route;
        for (; posted < messages.Count; posted++)
        {
            if (!ingest.TryPost(messages.RouteOf(posted) ?? route, messages[posted], ring, ticket + posted))
            {
                return Taken.LaneFull;
            }
        }

        messages.Clear();
        return Taken.Done;
    }

    private static object? IdsOf(MessageBuffer messages)
    {
        if (messages.Count == 1)
        {
            return messages[0].MessageId;
        }

        var ids = new string?[messages.Count];
        for (var i = 0; i < ids.Length; i++)
        {
            ids[i] = messages[i].MessageId;
        }

        return ids;
    }
}
