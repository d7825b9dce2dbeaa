using Orleans;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Domain.Refusals;

namespace SmartCommunity.Domain.Twins;

/// <summary>What a device can send; also the last segment of the topic.</summary>
public enum MessageKind : byte
{
    Telemetry = 0,
    Event = 1,
    Report = 2,

    /// <summary>Birth and last will.</summary>
    State = 3,

    /// <summary>The answer to a command; the message's id is the command's.</summary>
    CommandReply = 4,

    /// <summary>
    /// No message of the device but what its connection says of a command, whose id is the message's: it was taken, or (with the reason as
    /// <see cref="DeviceMessage.Body"/>) never will be.
    /// </summary>
    CommandReceipt = 5,
}

/// <summary>One value of a message. <paramref name="Metric"/> is the profile's own string instance, so equal names are the same object.</summary>
[GenerateSerializer, Immutable, Alias("sc.MetricValue")]
public readonly record struct MetricValue([property: Id(0)] string Metric, [property: Id(1)] double Value);

/// <summary>
/// One decoded message of a device on its way to its twin. Times are Unix milliseconds, UTC. A message that the edge could not
/// decode comes too, with <see cref="Rejected"/> set: the twin quarantines it in order with the others.
/// </summary>
[GenerateSerializer, Immutable, Alias("sc.DeviceMessage")]
public readonly record struct DeviceMessage
{
    [Id(0)] public required DeviceId Device { get; init; }

    [Id(1)] public required MessageKind Kind { get; init; }

    /// <summary>The sender's id; <c>#17</c> when only a sequence number came; null when neither did.</summary>
    [Id(2)] public string? MessageId { get; init; }

    /// <summary>Sequence number, when one came.</summary>
    [Id(3)] public long? Sequence { get; init; }

    /// <summary>Event time as the device told it; null when it told none (then the receive time counts).</summary>
    [Id(4)] public long? AtMs { get; init; }

    /// <summary>Receive time at the edge.</summary>
    [Id(5)] public required long ReceivedMs { get; init; }

    /// <summary>Telemetry: the values, checked against the profile's names and ranges; otherwise empty.</summary>
    [Id(6)] public MetricValue[] Values { get; init; }

    /// <summary>Event, report, state: the payload object as JSON text. Rejected: the payload's first <see cref="ExcerptCharsMax"/> characters.</summary>
    [Id(7)] public string? Body { get; init; }

    /// <summary>64-bit hash of the message object's bytes: tells a repetition from a conflict.</summary>
    [Id(8)] public ulong Fingerprint { get; init; }

    /// <summary>Why the edge could not decode it; null for a good message.</summary>
    [Id(9)] public Refusal? Rejected { get; init; }

    /// <summary>How much of a rejected payload is kept.</summary>
    public const int ExcerptCharsMax = 1024;
}

/// <summary>What became of a message; the edge maps it to PUBACK codes and the error topic.</summary>
public enum MessageFate : byte
{
    /// <summary>Durable now.</summary>
    Accepted = 0,

    /// <summary>It was durable before; nothing changed.</summary>
    Duplicate = 1,

    /// <summary>It can never be accepted; durable in quarantine with its reason.</summary>
    Quarantined = 2,
}

/// <summary>The fate of one message of a batch; <paramref name="Reason"/> is set when quarantined.</summary>
[GenerateSerializer, Immutable, Alias("sc.MessageOutcome")]
public readonly record struct MessageOutcome([property: Id(0)] MessageFate Fate, [property: Id(1)] Refusal? Reason = null);
