using System.Collections.Concurrent;
using MQTTnet.Packets;
using SmartCommunity.Mqtt.Topics;
using SmartCommunity.Mqtt.Wire;

namespace SmartCommunity.Mqtt.Links;

/// <summary>
/// The topic filters of one connection: a device hears its own commands and errors. What is refused never reaches the broker; its SUBACK is
/// completed here, in the order of the filters.
/// </summary>
internal sealed class Subscriptions(string ownPrefix, int filtersMax, bool isVersion5)
{
    /// <summary>MQTT 3.1.1 has one code for every refusal.</summary>
    private const byte FailureBefore5 = 0x80;

    private readonly ConcurrentDictionary<ushort, byte[]> answers = new();
    private readonly HashSet<string> filters = new(StringComparer.Ordinal);

    /// <summary>True when the device listens to its error topic here.</summary>
    public bool HearsErrors { get; private set; }

    /// <summary>Judges all filters; those refused are taken out of the packet. Answers one code a filter.</summary>
    public byte[] Judge(MqttSubscribePacket packet)
    {
        var codes = new byte[packet.TopicFilters.Count];
        for (var i = 0; i < codes.Length; i++)
        {
            var filter = packet.TopicFilters[i];
            var verdict = TopicGrammar.JudgeFilter(filter.Topic, ownPrefix);
            if (verdict == ReasonCode.Success && !filters.Contains(filter.Topic) && filters.Count >= filtersMax)
            {
                verdict = ReasonCode.QuotaExceeded;
            }

            if (verdict == ReasonCode.Success)
            {
                filters.Add(filter.Topic);
                codes[i] = (byte)filter.QualityOfServiceLevel;
            }
            else
            {
                codes[i] = isVersion5 ? (byte)verdict : FailureBefore5;
            }
        }

        packet.TopicFilters.RemoveAll(f => !filters.Contains(f.Topic ?? string.Empty));
        HearsErrors = filters.Contains(ownPrefix + "error");
        if (packet.TopicFilters.Count > 0)
        {
            answers[packet.PacketIdentifier] = codes;
        }

        return codes;
    }

    public void Forget(MqttUnsubscribePacket packet)
    {
        foreach (var topic in packet.TopicFilters)
        {
            filters.Remove(topic);
        }

        HearsErrors = filters.Contains(ownPrefix + "error");
    }

    /// <summary>The codes the broker's SUBACK must carry instead of its own: it sorts filters by QoS before it answers.</summary>
    public byte[]? TakeAnswer(ushort packetId) => answers.TryRemove(packetId, out var codes) ? codes : null;
}
