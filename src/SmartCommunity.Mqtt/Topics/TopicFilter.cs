namespace SmartCommunity.Mqtt.Topics;

/// <summary>Topic filters (MQTT 5, 4.7): <c>+</c> is one level, <c>#</c> at the end all below and the level itself.</summary>
internal static class TopicFilter
{
    private const string SharedRoot = "$share/";

    /// <summary>True when wildcards stand alone on their level, and <c>#</c> on the last.</summary>
    public static bool IsValid(string filter)
    {
        var rest = filter.AsSpan();
        while (true)
        {
            var level = NextLevel(ref rest, out var isLast);
            if (level.IndexOfAny('+', '#') >= 0 && (level.Length != 1 || (level[0] == '#' && !isLast)))
            {
                return false;
            }

            if (isLast)
            {
                return filter.Length > 0;
            }
        }
    }

    /// <summary>A filter that begins with a wildcard does not match a topic that begins with <c>$</c>.</summary>
    public static bool Matches(string filter, string topic)
    {
        if (topic.StartsWith('$') && filter is ['+' or '#', ..])
        {
            return false;
        }

        ReadOnlySpan<char> filters = filter, topics = topic;
        while (true)
        {
            var wanted = NextLevel(ref filters, out var isLastFilter);
            if (wanted is "#")
            {
                return true;
            }

            var level = NextLevel(ref topics, out var isLastTopic);
            if (wanted is not "+" && !wanted.SequenceEqual(level))
            {
                return false;
            }

            if (isLastTopic)
            {
                return isLastFilter || filters is "#";
            }

            if (isLastFilter)
            {
                return false;
            }
        }
    }

    /// <summary>Splits <c>$share/{group}/{filter}</c>. False: it is no shared subscription, or one of no legal form (then group is empty).</summary>
    public static bool TryShared(string text, out string group, out string filter)
    {
        (group, filter) = (string.Empty, text);
        if (!text.StartsWith(SharedRoot, StringComparison.Ordinal))
        {
            return false;
        }

        var end = text.IndexOf('/', SharedRoot.Length);
        if (end > SharedRoot.Length && text.AsSpan(SharedRoot.Length, end - SharedRoot.Length).IndexOfAny('+', '#') < 0)
        {
            (group, filter) = (text[SharedRoot.Length..end], text[(end + 1)..]);
        }

        return group.Length > 0 && filter.Length > 0;
    }

    private static ReadOnlySpan<char> NextLevel(ref ReadOnlySpan<char> rest, out bool isLast)
    {
        var end = rest.IndexOf('/');
        isLast = end < 0;
        var level = isLast ? rest : rest[..end];
        rest = isLast ? default : rest[(end + 1)..];
        return level;
    }
}
