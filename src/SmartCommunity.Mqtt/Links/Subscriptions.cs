using MQTTnet.Packets;
using SmartCommunity.Mqtt.Topics;
using SmartCommunity.Mqtt.Wire;

namespace SmartCommunity.Mqtt.Links;

/// <summary>The topic filters of one device's connection: a device hears its own commands and errors.</summary>
internal sealed class Subscriptions(string ownPrefix, int filtersMax, bool isVersion5)
{
    /// <summary>MQTT 3.1.1 has one code for every refusal.</summary>
    public const byte FailureBefore5 = 0x80;

    private volatile Filter[] filters = [];

    /// <summary>Judges all filters. Answers one code a filter: the granted QoS, or why not.</summary>
    public byte[] Add(MqttSubscribePacket packet)
    {
        var codes = new byte[packet.TopicFilters.Count];
        for (var i = 0; i < codes.Length; i++)
        {
            var filter = packet.TopicFilters[i];
            var verdict = TopicGrammar.JudgeFilter(filter.Topic, ownPrefix);
            Filter[] others = [.. filters.Where(f => f.Topic != filter.Topic)];
            if (verdict == ReasonCode.Success && others.Length >= filtersMax)
            {
                verdict = ReasonCode.QuotaExceeded;
            }

            if (verdict == ReasonCode.Success)
            {
                filters = [.. others, new Filter(filter.Topic, (int)filter.QualityOfServiceLevel, packet.SubscriptionIdentifier)];
                codes[i] = (byte)filter.QualityOfServiceLevel;
            }
            else
            {
                codes[i] = isVersion5 ? (byte)verdict : FailureBefore5;
            }
        }

        return codes;
    }

    /// <summary>Answers one code a filter.</summary>
    public byte[] Remove(MqttUnsubscribePacket packet)
    {
        var codes = new byte[packet.TopicFilters.Count];
        for (var i = 0; i < codes.Length; i++)
        {
            Filter[] others = [.. filters.Where(f => f.Topic != packet.TopicFilters[i])];
            codes[i] = (byte)(others.Length < filters.Length ? ReasonCode.Success : ReasonCode.NoSubscriptionExisted);
            filters = others;
        }

        return codes;
    }

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

    private sealed record Filter(string Topic, int Qos, uint Id);
}
