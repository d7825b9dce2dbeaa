using MQTTnet.Formatter;
using MQTTnet.Packets;
using MQTTnet.Protocol;
using SmartCommunity.Mqtt.Links;
using SmartCommunity.Mqtt.Topics;
using SmartCommunity.Mqtt.Wire;

namespace SmartCommunity.Mqtt.Open;

/// <summary>One connection of a client that has given no user name: it may use the open topics and sees nothing of any device.</summary>
internal sealed class OpenGuest : ILinkSession
{
    private readonly OpenBroker broker;
    private readonly MqttLink link;
    private readonly List<OpenSubscription> fresh = [];
    private readonly uint askedExpirySeconds;
    private readonly uint willDelaySeconds;
    private DownMessage? will;
    private DownWire? wire;

    public OpenGuest(OpenBroker broker, MqttLink link, OpenSession session, MqttConnectPacket packet, MqttPacketFormatterAdapter formatter, Welcome welcome)
    {
        this.broker = broker;
        this.link = link;
        State = session;
        Welcome = welcome;
        Publishes = new OpenPublishes(broker, link, session, formatter);
        askedExpirySeconds = packet.SessionExpiryInterval;
        willDelaySeconds = packet.WillDelayInterval;
        will = packet.WillFlag ? WillOf(packet, broker.Clock) : null;
    }

    public OpenSession State { get; }

    public IPublishPath Publishes { get; }

    public Downlink Down => State.Down;

    public Welcome Welcome { get; }

    public void Begin(DownWire wire)
    {
        this.wire = wire;
        Down.Attach(wire);
    }

    public ValueTask<byte[]?> SubscribeAsync(MqttSubscribePacket packet)
    {
        fresh.Clear();
        return new([.. packet.TopicFilters.Select(f => Subscribe(f, packet.SubscriptionIdentifier))]);
    }

    public void OnSubscribed(MqttSubscribePacket packet, byte[] codes) => fresh.ForEach(s => broker.SendRetained(State, s));

    public byte[] Unsubscribe(MqttUnsubscribePacket packet) =>
        [.. packet.TopicFilters.Select(t => (byte)(State.Unsubscribe(t) ? ReasonCode.Success : ReasonCode.NoSubscriptionExisted))];

    public bool Leave(MqttDisconnectPacket packet)
    {
        if (packet.ReasonCode == MqttDisconnectReasonCode.NormalDisconnection)
        {
            will = null;
        }

        if (packet.SessionExpiryInterval == 0)
        {
            return true;
        }

        State.ExpirySeconds = Math.Min(packet.SessionExpiryInterval, OpenBroker.SessionSecondsMax);
        return askedExpirySeconds != 0;
    }

    /// <summary>Another connection of this client has come: this one ends now.</summary>
    public void TakeOver()
    {
        link.Close(ReasonCode.SessionTakenOver);
        End();
    }

    public void End()
    {
        if (wire is not null)
        {
            Down.Detach(wire);
        }

        broker.Leave(this, will, willDelaySeconds);
    }

    private static DownMessage WillOf(MqttConnectPacket packet, TimeProvider clock) => new(packet.WillTopic, packet.WillMessage ?? [])
    {
        Qos = (int)packet.WillQoS,
        IsRetained = packet.WillRetain,
        ContentType = packet.WillContentType,
        ResponseTopic = packet.WillResponseTopic,
        CorrelationData = packet.WillCorrelationData,
        PayloadFormat = packet.WillPayloadFormatIndicator,
        UserProperties = packet.WillUserProperties,
        ExpiresAtMs = OpenPublishes.ExpiryOf(packet.WillMessageExpiryInterval, clock),
    };

    private byte Subscribe(MqttTopicFilter filter, uint id)
    {
        var isShared = TopicFilter.TryShared(filter.Topic, out var group, out var bare);
        var verdict = broker.Scope.JudgeFilter(bare);
        if (verdict == ReasonCode.Success && isShared && filter.NoLocal)
        {
            verdict = ReasonCode.ProtocolError;
        }

        var subscription = OpenSubscription.Of(filter, group, bare, id);
        var isNew = false;
        if (verdict == ReasonCode.Success && !State.TrySubscribe(subscription, link.Services.Options.FiltersMax, out isNew))
        {
            verdict = ReasonCode.QuotaExceeded;
        }

        if (verdict != ReasonCode.Success)
        {
            return link.IsVersion5 ? (byte)verdict : Subscriptions.FailureBefore5;
        }

        var wantsRetained = filter.RetainHandling switch
        {
            MqttRetainHandling.SendAtSubscribe => true,
            MqttRetainHandling.SendAtSubscribeIfNewSubscriptionOnly => isNew,
            _ => false,
        };
        if (wantsRetained && !isShared)
        {
            fresh.Add(subscription);
        }

        return (byte)filter.QualityOfServiceLevel;
    }
}
