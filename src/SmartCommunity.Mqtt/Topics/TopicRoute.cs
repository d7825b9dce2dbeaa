using SmartCommunity.Domain.Twins;
using SmartCommunity.Mqtt.Wire;

namespace SmartCommunity.Mqtt.Topics;

/// <summary>What a topic means for one connection: judged once, then kept.</summary>
/// <param name="Verdict"><see cref="ReasonCode.Success"/> when messages on it are taken.</param>
/// <param name="Kind">What such a message is.</param>
/// <param name="IsAlias">True for <c>v1/devices/me/telemetry</c>, whose payload may be plain <c>{"temperature":21.5}</c>.</param>
/// <param name="IsFatal">True when the topic name itself is illegal: the connection is closed.</param>
/// <param name="Command">The command that a reply answers.</param>
/// <param name="Child">The other device whose topic it is: messages on it are taken when the connection speaks for that device.</param>
/// <param name="IsGateway">True for <c>v1/gateway/telemetry</c>, whose payload names the devices.</param>
internal sealed record TopicRoute(
    ReasonCode Verdict,
    MessageKind Kind = default,
    bool IsAlias = false,
    bool IsFatal = false,
    string? Child = null,
    bool IsGateway = false,
    string? Command = null)
{
    public static readonly TopicRoute NotAuthorised = new(ReasonCode.NotAuthorised);
}
