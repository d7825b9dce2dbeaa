using SmartCommunity.Domain.Commands;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Domain.Views;

namespace SmartCommunity.Domain.Twins;

/// <summary>
/// What a batch of messages (or a sweep) does to a twin: everything to commit at once. When <see cref="IsComplete"/> is false the decision must
/// not be committed: answer its questions and decide again.
/// </summary>
public sealed class TwinDecision(int messages)
{
    public List<DecidedEvent> Events { get; } = [];

    public List<TwinReading> Readings { get; } = new(messages);

    /// <summary>Outcome i belongs to message i.</summary>
    public MessageOutcome[] Outcomes { get; } = new MessageOutcome[messages];

    /// <summary>Idempotency keys to write; the domain has asked for each of them before.</summary>
    public List<DecidedKey> Keys { get; } = [];

    /// <summary>Rows, counters and look-ups; includes the twin's own row when what is due next may have become earlier.</summary>
    public Effects Effects { get; } = new();

    /// <summary>Readings to look up; see <see cref="KnownFacts"/>.</summary>
    public List<ReadingAsk> ReadingAsks { get; } = [];

    /// <summary>Idempotency keys to look up.</summary>
    public List<KeyAsk> KeyAsks { get; } = [];

    public bool IsComplete => ReadingAsks.Count == 0 && KeyAsks.Count == 0;

    /// <summary>Nothing to commit (all duplicates, for example).</summary>
    public bool IsEmpty => Events.Count == 0 && Readings.Count == 0 && Keys.Count == 0 && Effects.Rows.Count == 0;
}

/// <summary>An idempotency key to write with the commit.</summary>
public readonly record struct DecidedKey(string Scope, string Key, ulong Fingerprint);

/// <summary>Which readings does this device have at exactly this event time?</summary>
public readonly record struct ReadingAsk(DeviceId Device, long AtMs);

/// <summary>Does this idempotency key exist, and with which fingerprint?</summary>
public readonly record struct KeyAsk(string Scope, string Key);

/// <summary>
/// What the store answered to the questions of a decision. Protocol: decide with an empty one; while the decision is not complete, look its asks
/// up, add the answers here and decide again. Commands between two looks change nothing: a grain takes one call at a time.
/// </summary>
public sealed class KnownFacts
{
    // Most decisions ask nothing: the tables are made with the first answer.
    private Dictionary<ReadingAsk, DedupeWindow>? readings;

    private Dictionary<KeyAsk, ulong?>? keys;

    /// <param name="found">The device's readings at that time, ascending by position; may be empty.</param>
    public void Add(ReadingAsk ask, IEnumerable<TwinReading> found)
    {
        ArgumentNullException.ThrowIfNull(found);
        var window = new DedupeWindow();
        foreach (var reading in found)
        {
            window.Add(reading);
        }

        (readings ??= [])[ask] = window;
    }

    /// <param name="fingerprint">The stored fingerprint; null when there is no such key.</param>
    public void Add(KeyAsk ask, ulong? fingerprint) => (keys ??= [])[ask] = fingerprint;

    internal DedupeWindow? Find(ReadingAsk ask) => readings?.GetValueOrDefault(ask);

    internal bool TryFind(KeyAsk ask, out ulong? fingerprint)
    {
        fingerprint = null;
        return keys is not null && keys.TryGetValue(ask, out fingerprint);
    }
}
