using Orleans;

namespace SmartCommunity.Domain.Commands;

/// <summary>What comes with every command: who, when, and the id that makes its repetition harmless. Time arrives here, never from a clock.</summary>
/// <param name="Actor">The principal, as text (<c>key:ab12cd</c>, <c>device:smoke-1</c>, <c>system:sweeper</c>).</param>
/// <param name="Now">Receive time at the edge, UTC.</param>
/// <param name="RequestId">The caller's idempotency id; null when the edge has another way to tell repetitions.</param>
/// <param name="Fingerprint">
/// Hash of what the caller sent under that id; tells a repetition (same hash: the stored answer) from a conflict. The command itself is no measure:
/// an update with a mask becomes another command when the record has changed in between. Null: hash the command.
/// </param>
[GenerateSerializer, Immutable, Alias("sc.CommandContext")]
public sealed record CommandContext(
    [property: Id(0)] string Actor,
    [property: Id(1)] DateTimeOffset Now,
    [property: Id(2)] string? RequestId = null,
    [property: Id(3)] ulong? Fingerprint = null);
