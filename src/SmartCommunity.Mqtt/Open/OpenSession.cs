using MQTTnet.Packets;
using SmartCommunity.Mqtt.Links;
using SmartCommunity.Mqtt.Topics;

namespace SmartCommunity.Mqtt.Open;

/// <summary>What is kept of a guest between two connections: its filters, its messages, the QoS 2 packets it has not released. In memory only.</summary>
internal sealed class OpenSession(string clientId, Downlink down)
{
    private volatile OpenSubscription[] subscriptions = [];

    public string ClientId => clientId;

    public Downlink Down => down;

    public Handshakes Handshakes { get; } = new();

    /// <summary>The connection that is using it; null while the client is away.</summary>
    public OpenGuest? Guest { get; set; }

    /// <summary>How long it outlives its connection.</summary>
    public uint ExpirySeconds { get; set; }

    /// <summary>When it ends, as a time stamp of the clock; meaningful while no connection uses it.</summary>
    public long EndsAtMs { get; set; }

    /// <summary>A last will that waits, and when it is due.</summary>
    public (DownMessage Message, long DueMs)? Will { get; set; }

    /// <summary>Replaced as a whole: readable on any thread.</summary>
    public OpenSubscription[] Subscriptions => subscriptions;

    /// <summary>False when there is no room. <paramref name="isNew"/>: there was none of this filter before.</summary>
    public bool TrySubscribe(OpenSubscription subscription, int filtersMax, out bool isNew)
    {
        OpenSubscription[] others = [.. subscriptions.Where(s => s.Text != subscription.Text)];
        isNew = others.Length == subscriptions.Length;
        if (others.Length >= filtersMax)
        {
            return false;
        }

        subscriptions = [.. others, subscription];
        return true;
    }

    public bool Unsubscribe(string text)
    {
        var before = subscriptions.Length;
        subscriptions = [.. subscriptions.Where(s => s.Text != text)];
        return subscriptions.Length < before;
    }

    /// <summary>The message as this client has asked for it; null when none of its own filters matches.</summary>
    public DownMessage? Tailor(DownMessage message, bool isOwn) => Tailor(message, [.. subscriptions.Where(s => s.Group.Length == 0 && s.Matches(message.Topic, isOwn))]);

    /// <summary>One message for all filters that match, with the highest QoS among them and the identifiers of all.</summary>
    public static DownMessage? Tailor(DownMessage message, OpenSubscription[] matching) => matching.Length == 0 ? null : message with
    {
        Qos = Math.Min(message.Qos, matching.Max(s => s.Qos)),
        IsRetained = message.IsRetained && matching.Any(s => s.KeepsRetain),
        SubscriptionIds = [.. matching.Where(s => s.Id != 0).Select(s => s.Id)],
    };
}

/// <summary>One subscription of a guest.</summary>
/// <param name="Text">As it was given, with <c>$share/…</c>.</param>
/// <param name="Group">Its group when it is shared, else empty.</param>
/// <param name="Filter">What it matches.</param>
/// <param name="Id">Subscription identifier; 0: none.</param>
internal sealed record OpenSubscription(string Text, string Group, string Filter, int Qos, bool IsNoLocal, bool KeepsRetain, uint Id)
{
    public static OpenSubscription Of(MqttTopicFilter filter, string group, string bare, uint id) =>
        new(filter.Topic, group, bare, (int)filter.QualityOfServiceLevel, filter.NoLocal, filter.RetainAsPublished, id);

    public bool Matches(string topic, bool isOwn) => !(IsNoLocal && isOwn) && TopicFilter.Matches(Filter, topic);
}
