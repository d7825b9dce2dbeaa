using SmartCommunity.Mqtt.Topics;
using SmartCommunity.Mqtt.Wire;

namespace SmartCommunity.Mqtt.Open;

/// <summary>Which topics are open: those that begin with one of the prefixes, with or without a leading <c>$</c>.</summary>
internal sealed class OpenScope(string[] prefixes)
{
    public bool IsEmpty => prefixes.Length == 0;

    /// <summary>Judges a topic to publish on.</summary>
    public ReasonCode Judge(string topic)
    {
        if (topic.Length == 0 || topic.AsSpan().IndexOfAny("+#\0\uFFFF") >= 0)
        {
            return ReasonCode.TopicNotValid;
        }

        var name = topic.StartsWith('$') ? topic[1..] : topic;
        return Array.Exists(prefixes, p => name.StartsWith(p, StringComparison.Ordinal)) ? ReasonCode.Success : ReasonCode.NotAuthorised;
    }

    /// <summary>Judges a filter: refused when it can match no open topic. What it matches besides is never published here.</summary>
    public ReasonCode JudgeFilter(string filter)
    {
        if (!TopicFilter.IsValid(filter) || filter.AsSpan().IndexOfAny("\0\uFFFF\uFFFD") >= 0)
        {
            return ReasonCode.TopicFilterNotValid;
        }

        var wildcard = filter.AsSpan().IndexOfAny('+', '#');
        var fixedPart = (wildcard < 0 ? filter : filter[..wildcard]).TrimStart('$');
        return Array.Exists(prefixes, p => fixedPart.StartsWith(p, StringComparison.Ordinal) || (wildcard >= 0 && p.StartsWith(fixedPart, StringComparison.Ordinal)))
            ? ReasonCode.Success
            : ReasonCode.NotAuthorised;
    }
}
