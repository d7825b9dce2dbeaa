using System.Text;
using System.Text.Unicode;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Domain.Twins;
using SmartCommunity.Grains.Ingest;
using SmartCommunity.Mqtt.Wire;

namespace SmartCommunity.Mqtt.Topics;

/// <summary>
/// The topics: <c>sc/v1/{district}/{device}/telemetry|event|report|state</c> and <c>…/cmd/{id}/reply</c> up, <c>…/cmd/#</c> and <c>…/error</c> down, and
/// <c>v1/devices/me/telemetry</c> as an alias for the device's own telemetry topic; <c>v1/gateway/telemetry</c> for the devices a gateway speaks for.
/// </summary>
internal static class TopicGrammar
{
    /// <summary>The topic most firmware already publishes on.</summary>
    public const string Alias = "v1/devices/me/telemetry";

    /// <summary>The topic on which a gateway sends for several devices at once.</summary>
    public const string Gateway = "v1/gateway/telemetry";

    /// <summary>Behind the topic of a command: where it is answered.</summary>
    public const string ReplySuffix = "/reply";

    private const string CommandSegment = "cmd/";
    private const string Root = "sc/v1/";
    private const string SharedRoot = "$share";

    /// <summary>The prefix all topics of a device begin with, with its closing slash.</summary>
    public static string PrefixOf(DeviceRoute route) => PrefixOf(route.District, route.Device.ToString());

    /// <summary>Where a device hears why a message was quarantined.</summary>
    public static string ErrorTopicOf(string district, string device) => PrefixOf(district, device) + "error";

    /// <summary>Judges a topic a device publishes on.</summary>
    public static TopicRoute Judge(ReadOnlySpan<byte> topicUtf8, string ownPrefix)
    {
        if (topicUtf8.IsEmpty || !Utf8.IsValid(topicUtf8))
        {
            return new TopicRoute(topicUtf8.IsEmpty ? ReasonCode.TopicNotValid : ReasonCode.MalformedPacket, IsFatal: true);
        }

        var topic = Encoding.UTF8.GetString(topicUtf8);
        if (HasForbidden(topic, "+#\0\uFFFF"))
        {
            return new TopicRoute(ReasonCode.TopicNotValid, IsFatal: true);
        }

        if (topic == Alias)
        {
            return new TopicRoute(ReasonCode.Success, MessageKind.Telemetry, IsAlias: true);
        }

        if (topic == Gateway)
        {
            return new TopicRoute(ReasonCode.Success, MessageKind.Telemetry, IsGateway: true);
        }

        if (topic.StartsWith(ownPrefix, StringComparison.Ordinal))
        {
            if (CommandOf(topic.AsSpan(ownPrefix.Length)) is { } command)
            {
                return new TopicRoute(ReasonCode.Success, MessageKind.CommandReply, Command: command);
            }

            return KindOf(topic.AsSpan(ownPrefix.Length)) is { } kind
                ? new TopicRoute(ReasonCode.Success, kind)
                : new TopicRoute(ReasonCode.TopicNotValid);
        }

        if (TryCutChild(topic, ownPrefix, out var child, out var rest))
        {
            if (CommandOf(rest) is { } command)
            {
                return new TopicRoute(ReasonCode.Success, MessageKind.CommandReply, Child: child, Command: command);
            }

            if (KindOf(rest) is { } childKind)
            {
                return new TopicRoute(ReasonCode.Success, childKind, Child: child);
            }
        }

        return topic.StartsWith(Root, StringComparison.Ordinal) ? TopicRoute.NotAuthorised : new TopicRoute(ReasonCode.TopicNotValid);
    }

    /// <summary>The other device of the own district that a topic or filter names, and what stands behind its prefix.</summary>
    public static bool TryCutChild(string topic, string ownPrefix, out string child, out ReadOnlySpan<char> rest)
    {
        child = string.Empty;
        rest = default;
        var district = DistrictOf(ownPrefix);
        if (!topic.AsSpan().StartsWith(district))
        {
            return false;
        }

        var tail = topic.AsSpan(district.Length);
        var slash = tail.IndexOf('/');
        if (slash <= 0 || !DeviceId.TryParse(tail[..slash].ToString(), out var id))
        {
            return false;
        }

        child = id.ToString();
        rest = tail[(slash + 1)..];
        return true;
    }

    /// <summary>
    /// Judges a topic filter: a device hears the commands and errors of itself and of the devices behind it, nothing else. <c>+/error</c> of the own
    /// district stands for the errors of all of them.
    /// </summary>
    /// <param name="child">The other device it is about: success holds when the connection speaks for that one. Null: none.</param>
    public static ReasonCode JudgeFilter(string? filter, string ownPrefix, out string? child)
    {
        child = null;
        if (string.IsNullOrEmpty(filter) || HasForbidden(filter, "\0\uFFFF\uFFFD"))
        {
            return ReasonCode.TopicFilterNotValid;
        }

        if (filter.StartsWith(SharedRoot, StringComparison.Ordinal))
        {
            return ReasonCode.SharedSubscriptionsNotSupported;
        }

        if (filter.StartsWith(ownPrefix, StringComparison.Ordinal))
        {
            return IsHeard(filter.AsSpan(ownPrefix.Length)) ? ReasonCode.Success : ReasonCode.NotAuthorised;
        }

        if (TryCutChild(filter, ownPrefix, out var name, out var rest) && IsHeard(rest))
        {
            child = name;
            return ReasonCode.Success;
        }

        var district = DistrictOf(ownPrefix);
        return filter.AsSpan().StartsWith(district) && filter.AsSpan(district.Length) is "+/error" ? ReasonCode.Success : ReasonCode.NotAuthorised;
    }

    public static string CommandTopicOf(string district, string device, string command) => PrefixOf(district, device) + CommandSegment + command;

    /// <summary>True for the topic of a command: nothing else we send has such a segment.</summary>
    public static bool IsCommandTopic(string topic) =>
        topic.StartsWith(Root, StringComparison.Ordinal) && topic.Split('/') is [_, _, _, _, "cmd", _];

    /// <summary>The device whose commands a granted filter hears; false for other filters.</summary>
    public static bool TryCommandFilter(string? filter, out string district, out DeviceId device)
    {
        device = default;
        if (filter?.Split('/') is ["sc", "v1", var owner, var name, "cmd", "#" or "+"])
        {
            district = owner;
            return DeviceId.TryParse(name, out device);
        }

        district = string.Empty;
        return false;
    }

    /// <summary>True when a client id or user name may be used: 1 to 128 characters, none of <c>+ # /</c> or a control character.</summary>
    public static bool IsName(string name) => name.Length is > 0 and <= NameCharsMax
        && !HasForbidden(name, "+#/\uFFFF\uFFFD")
        && !name.Any(char.IsControl);

    /// <summary>The longest client id or user name, in characters.</summary>
    public const int NameCharsMax = 128;

    private static bool HasForbidden(string text, string forbidden) => text.AsSpan().IndexOfAny(forbidden) >= 0;

    /// <summary>What all topics of a device's district begin with, with its closing slash.</summary>
    private static ReadOnlySpan<char> DistrictOf(string ownPrefix) => ownPrefix.AsSpan(0, ownPrefix.LastIndexOf('/', ownPrefix.Length - 2) + 1);

    private static bool IsHeard(ReadOnlySpan<char> leaf) => leaf is "error" or "cmd/#" or "cmd/+";

    private static string PrefixOf(string district, string device) => $"{Root}{district}/{device}/";

    /// <summary>The command that <c>cmd/{id}/reply</c> answers.</summary>
    private static string? CommandOf(ReadOnlySpan<char> own) =>
        own.StartsWith(CommandSegment) && own.EndsWith(ReplySuffix) && own.Length > CommandSegment.Length + ReplySuffix.Length
            && own[CommandSegment.Length..^ReplySuffix.Length] is var id && IdText.IsValid(id)
            ? id.ToString()
            : null;

    private static MessageKind? KindOf(ReadOnlySpan<char> segment) => segment switch
    {
        "telemetry" => MessageKind.Telemetry,
        "event" => MessageKind.Event,
        "report" => MessageKind.Report,
        "state" => MessageKind.State,
        _ => null,
    };
}
