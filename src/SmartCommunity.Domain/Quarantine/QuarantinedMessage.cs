using Orleans;
using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Domain.Twins;

namespace SmartCommunity.Domain.Quarantine;

/// <summary>
/// A message that can never be accepted, kept with its reason. Its id is <c>{device}:{fingerprint}</c> (16 hex digits), so the same message sent
/// again is the same entry.
/// </summary>
/// <param name="Excerpt">The first <see cref="DeviceMessage.ExcerptCharsMax"/> characters of the payload.</param>
[GenerateSerializer, Immutable, Alias("sc.QuarantinedMessage")]
public sealed record QuarantinedMessage(
    [property: Id(0)] string Id,
    [property: Id(1)] DeviceId Device,
    [property: Id(2)] MessageKind Kind,
    [property: Id(3)] AreaCode Area,
    [property: Id(4)] Refusal Reason,
    [property: Id(5)] string Excerpt,
    [property: Id(6)] string? MessageId,
    [property: Id(7)] DateTimeOffset ReceivedAt);
