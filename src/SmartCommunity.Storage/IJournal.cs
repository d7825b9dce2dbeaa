namespace SmartCommunity.Storage;

/// <summary>Names one stream: all events and readings of one aggregate, with one writer at a time.</summary>
/// <param name="District">First segment of every key.</param>
/// <param name="Name">Inside the district: <c>buildings/B1</c>, <c>district</c>, <c>grid</c>.</param>
public readonly record struct StreamKey(string District, string Name)
{
    public override string ToString() => $"{District}/{Name}";
}

/// <summary>
/// The right to write a stream until somebody else claims it. An append carries it; an append with an older epoch is answered
/// <see cref="CommitStatus.Fenced"/>, so a stale activation loses at its next commit.
/// </summary>
/// <param name="Version">The stream's version (number of events) at the time of the claim.</param>
public readonly record struct Claim(long Epoch, long Version);

/// <summary>The append-only log of all districts. Every write goes through <see cref="CommitAsync"/>; nothing is written in another way.</summary>
public interface IJournal
{
    /// <summary>The highest position that is durable and before which nothing can appear any more.</summary>
    long CommittedPosition { get; }

    /// <summary>Takes over a stream.</summary>
    ValueTask<Claim> ClaimAsync(StreamKey stream, CancellationToken cancellation);

    /// <summary>
    /// Appends all of <paramref name="append"/> or nothing of it, in a commit shared with whoever else is waiting. Completes when it is durable
    /// or refused. A refused append never disturbs its neighbours in the same commit.
    /// </summary>
    /// <exception cref="StoreUnavailableException">The store takes no writes now, or the outcome is unknown. Nothing may be acknowledged.</exception>
    ValueTask<CommitResult> CommitAsync(Append append, CancellationToken cancellation);

    /// <summary>All events and readings of one stream in (<paramref name="afterPosition"/>, ∞), ascending by position.</summary>
    IAsyncEnumerable<JournalEntry> ReadStreamAsync(StreamKey stream, long afterPosition, CancellationToken cancellation);

    /// <summary>Events and readings of all streams (or of one district) after a position, ascending; at most <paramref name="maxEntries"/>.</summary>
    ValueTask<FeedPage> ReadFeedAsync(long afterPosition, int maxEntries, string? district, CancellationToken cancellation);

    /// <summary>Calls back on a thread of the store after each durable commit; the callback must be short and must not throw.</summary>
    IDisposable Subscribe(Action<CommitNotice> onCommit);
}

/// <summary>What one stream wants to append. Everything in it becomes durable together.</summary>
public sealed class Append
{
    public required StreamKey Stream { get; init; }

    /// <summary>The epoch of the writer's claim.</summary>
    public required long Epoch { get; init; }

    /// <summary>The version the writer decided on; ignored when <see cref="Events"/> is empty.</summary>
    public required long ExpectedVersion { get; init; }

    public IReadOnlyList<NewEvent> Events { get; init; } = [];

    public ReadOnlyMemory<NewReading> Readings { get; init; }

    public IReadOnlyList<ViewChange> Views { get; init; } = [];

    /// <summary>Idempotency keys; if one exists already, nothing is appended and the stored answer comes back.</summary>
    public IReadOnlyList<NewKey> Keys { get; init; } = [];

    public IReadOnlyList<CounterChange> Counters { get; init; } = [];

    public IReadOnlyList<LookupChange> Lookups { get; init; } = [];
}

/// <summary>An event to append.</summary>
/// <param name="Type">Stable wire name.</param>
/// <param name="Body">UTF-8 JSON.</param>
/// <param name="Area">Area code the event counts for (feed filter).</param>
/// <param name="AtMs">Event time, Unix ms.</param>
/// <param name="RecordedMs">When the system learnt of it, Unix ms; never decreasing inside a stream.</param>
public readonly record struct NewEvent(
    string Type,
    ReadOnlyMemory<byte> Body,
    string Area,
    long AtMs,
    long RecordedMs,
    string Actor,
    string? RequestId = null,
    string? Cause = null);

/// <summary>A sensor value to append. <paramref name="Message"/>: the id of the message that brought it.</summary>
public readonly record struct NewReading(
    string Device,
    string Metric,
    string Area,
    long AtMs,
    long ReceivedMs,
    double Value,
    string? Message,
    int Flags = 0);

/// <summary>Writes (body set) or removes (body null) a view row in the same transaction as the events.</summary>
/// <param name="Kind">Which view: <c>building</c>, <c>device</c>, <c>alarm</c> …</param>
/// <param name="Id">Unique inside (district, kind).</param>
/// <param name="Area">Area code for prefix filters.</param>
/// <param name="Status">A short word to filter by (<c>open</c>, <c>closed</c>); empty when there is none.</param>
/// <param name="DueMs">When the sweeper should wake the owner of the row; null for never.</param>
/// <param name="MustBeNew">The row may not exist yet; otherwise the append is answered <see cref="CommitStatus.ViewExists"/>.</param>
/// <param name="Owner">Name of the stream that owns the row (filter, and whom the sweeper wakes).</param>
public sealed record ViewChange(
    string Kind,
    string Id,
    string Area,
    string Status,
    ReadOnlyMemory<byte>? Body,
    long? DueMs = null,
    bool MustBeNew = false,
    string Owner = "");

/// <summary>An idempotency key with the answer to give the next time. <paramref name="Fingerprint"/> tells a repetition from a conflict.</summary>
public readonly record struct NewKey(string Scope, string Key, ulong Fingerprint, ReadOnlyMemory<byte> Answer);

/// <summary>Adds to a counter of one area; counters are summed over prefixes when read.</summary>
public readonly record struct CounterChange(string Area, string Name, long Delta);

/// <summary>Makes (or removes, when <paramref name="Id"/> is null) a globally unique look-up: the hash of a token or key to its owner.</summary>
public readonly record struct LookupChange(string Scope, string Key, string? Kind, string? Id);

public enum CommitStatus
{
    Committed = 0,

    /// <summary>The stream is at another version.</summary>
    VersionConflict = 1,

    /// <summary>Somebody else has claimed the stream.</summary>
    Fenced = 2,

    /// <summary>An idempotency key exists; see <see cref="CommitResult.Existing"/>.</summary>
    KeyExists = 3,

    /// <summary>A view row that had to be new exists; see <see cref="CommitResult.Detail"/>.</summary>
    ViewExists = 4,

    /// <summary>A look-up key is taken.</summary>
    LookupExists = 5,
}

/// <summary>The answer to an append. Positions are those of its first and last entry; both 0 when nothing was appended.</summary>
public readonly record struct CommitResult(
    CommitStatus Status,
    long FirstPosition = 0,
    long LastPosition = 0,
    long Version = 0,
    StoredKey? Existing = null,
    string? Detail = null);

/// <summary>An idempotency key as stored.</summary>
public sealed record StoredKey(string Scope, string Key, ulong Fingerprint, ReadOnlyMemory<byte> Answer);

/// <summary>One entry of the log: an event (<see cref="Type"/> set) or a reading (<see cref="Metric"/> set).</summary>
public sealed record JournalEntry
{
    public required long Position { get; init; }

    public required string District { get; init; }

    public required string Stream { get; init; }

    public required string Area { get; init; }

    /// <summary>Event time, Unix ms.</summary>
    public required long AtMs { get; init; }

    /// <summary>When the system learnt of it, Unix ms (for a reading: its receive time).</summary>
    public required long RecordedMs { get; init; }

    /// <summary>Wire name of the event; null for a reading.</summary>
    public string? Type { get; init; }

    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Version of the stream after this event; 0 for a reading.</summary>
    public long Version { get; init; }

    public string? Actor { get; init; }

    public string? RequestId { get; init; }

    public string? Cause { get; init; }

    /// <summary>Reading: device, metric, value, message id and flags.</summary>
    public string? Device { get; init; }

    public string? Metric { get; init; }

    public double Value { get; init; }

    public string? Message { get; init; }

    public int Flags { get; init; }
}

/// <summary>A page of the feed. <see cref="NextPosition"/> is where to go on: it also advances over entries of other districts.</summary>
public readonly record struct FeedPage(IReadOnlyList<JournalEntry> Entries, long NextPosition);

/// <summary>Told after a commit. <see cref="Views"/> lists the view rows it changed, so that caches can drop them.</summary>
public readonly record struct CommitNotice(long LastPosition, IReadOnlyList<ViewChanged> Views);

public readonly record struct ViewChanged(string District, string Kind, string Id);
