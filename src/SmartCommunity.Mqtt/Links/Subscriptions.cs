using MQTTnet.Packets;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Mqtt.Topics;
using SmartCommunity.Mqtt.Wire;

namespace SmartCommunity.Mqtt.Links;

/// <summary>
/// The topic filters of one device's connection: a device hears the commands and errors of itself and of the devices behind it. Filters on those are
/// counted apart and can be dropped from any thread; the rest is the reading side's.
/// </summary>
internal sealed class Subscriptions(string ownPrefix, int filtersMax, int gatewayFiltersMax, bool isVersion5)
{
    /// <summary>MQTT 3.1.1 has one code for every refusal.</summary>
    public const byte FailureBefore5 = 0x80;

    private readonly Lock sync = new();
    private volatile Filter[] filters = [];

    /// <summary>The other devices that the filters of a packet are about, no more than there can be filters.</summary>
    public IReadOnlyCollection<string> ChildrenOf(MqttSubscribePacket packet)
    {
        var children = new HashSet<string>(StringComparer.Ordinal);
        foreach (var filter in packet.TopicFilters)
        {
            if (TopicGrammar.JudgeFilter(filter.Topic, ownPrefix, out var child) == ReasonCode.Success && child is not null && children.Count < gatewayFiltersMax)
            {
                children.Add(child);
            }
        }

        return children;
    }

    /// <summary>Judges all filters. Answers one code a filter: the granted QoS, or why not.</summary>
    /// <param name="behind">Whether the connection speaks for the devices of <see cref="ChildrenOf"/>.</param>
    public byte[] Add(MqttSubscribePacket packet, IReadOnlyDictionary<string, bool> behind)
    {
        var codes = new byte[packet.TopicFilters.Count];
        for (var i = 0; i < codes.Length; i++)
        {
            var verdict = Add(packet.TopicFilters[i], packet.SubscriptionIdentifier, behind);
            codes[i] = verdict == ReasonCode.Success ? (byte)packet.TopicFilters[i].QualityOfServiceLevel : isVersion5 ? (byte)verdict : FailureBefore5;
        }

        return codes;
    }

    /// <summary>Answers one code a filter.</summary>
    public byte[] Remove(MqttUnsubscribePacket packet)
    {
        var codes = new byte[packet.TopicFilters.Count];
        for (var i = 0; i < codes.Length; i++)
        {
            var topic = packet.TopicFilters[i];
            codes[i] = (byte)(Remove(f => f.Topic == topic).Length > 0 ? ReasonCode.Success : ReasonCode.NoSubscriptionExisted);
        }

        return codes;
    }

    /// <summary>Ends all filters on another device. Answers them. Any thread.</summary>
    public string[] Drop(DeviceId child) => Remove(f => f.Child == child);

    /// <summary>True while this filter stands. Any thread.</summary>
    public bool Has(string filter) => filters.Any(f => f.Topic == filter);

    /// <summary>True while a filter on this other device stands. Any thread.</summary>
    public bool HasAny(DeviceId child) => filters.Any(f => f.Child == child);

    /// <summary>True when a message on this topic is wanted here. Any thread.</summary>
    public bool Hears(string topic) => filters.Any(f => TopicFilter.Matches(f.Topic, topic));

    /// <summary>The message as this client has asked for it: at most its QoS, with its identifiers. Null: no filter matches. Any thread.</summary>
    public DownMessage? Tailor(DownMessage message)
    {
        Filter[] matching = [.. filters.Where(f => TopicFilter.Matches(f.Topic, message.Topic))];
        return matching.Length == 0 ? null : message with
        {
            Qos = Math.Min(message.Qos, matching.Max(f => f.Qos)),
            SubscriptionIds = [.. matching.Where(f => f.Id != 0).Select(f => f.Id)],
        };
    }

    private ReasonCode Add(MqttTopicFilter filter, uint id, IReadOnlyDictionary<string, bool> behind)
    {
        var verdict = TopicGrammar.JudgeFilter(filter.Topic, ownPrefix, out var child);
        if (verdict != ReasonCode.Success)
        {
            return verdict;
        }

        if (child is not null && !(behind.TryGetValue(child, out var isBehind) && isBehind))
        {
            return behind.ContainsKey(child) ? ReasonCode.NotAuthorised : ReasonCode.QuotaExceeded;
        }

        var added = new Filter(filter.Topic, (int)filter.QualityOfServiceLevel, id, child is null ? null : DeviceId.Parse(child));
        lock (sync)
        {
            Filter[] others = [.. filters.Where(f => f.Topic != filter.Topic)];
            if (others.Count(f => f.Child is null == child is null) >= (child is null ? filtersMax : gatewayFiltersMax))
            {
                return ReasonCode.QuotaExceeded;
            }

            filters = [.. others, added];
            return ReasonCode.Success;
        }
    }

    private string[] Remove(Predicate<Filter> isGone)
    {
        lock (sync)
        {
            string[] gone = [.. filters.Where(f => isGone(f)).Select(f => f.Topic)];
            filters = [.. filters.Where(f => !isGone(f))];
            return gone;
        }
    }

    private sealed record Filter(string Topic, int Qos, uint Id, DeviceId? Child);
}
