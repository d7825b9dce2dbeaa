using SmartCommunity.Mqtt.Wire;

namespace SmartCommunity.Mqtt.Topics;

/// <summary>The topics one connection has used, judged once each, and its MQTT 5 topic aliases. Used by the reading side only.</summary>
internal sealed class TopicTable(string ownPrefix, int aliasesMax)
{
    /// <summary>A device has four topics and one alias; what is beyond this is judged anew each time.</summary>
    private const int EntriesMax = 8;

    private readonly List<(byte[] Topic, TopicRoute Route)> entries = new(EntriesMax);
    private readonly TopicRoute?[] aliases = new TopicRoute?[aliasesMax + 1];

    /// <summary>The meaning of the topic of a PUBLISH, or null when its alias is out of range or not yet known.</summary>
    public TopicRoute? Resolve(in PublishPacket packet)
    {
        if (!packet.HasTopicAlias)
        {
            return Judge(packet.Topic);
        }

        if (packet.TopicAlias == 0 || packet.TopicAlias >= aliases.Length)
        {
            return null;
        }

        return packet.Topic.IsEmpty ? aliases[packet.TopicAlias] : aliases[packet.TopicAlias] = Judge(packet.Topic);
    }

    private TopicRoute Judge(ReadOnlySpan<byte> topic)
    {
        foreach (var (known, route) in entries)
        {
            if (topic.SequenceEqual(known))
            {
                return route;
            }
        }

        var judged = TopicGrammar.Judge(topic, ownPrefix);
        // The topic of a reply is used once.
        if (entries.Count < EntriesMax && judged.Command is null)
        {
            entries.Add((topic.ToArray(), judged));
        }

        return judged;
    }
}
