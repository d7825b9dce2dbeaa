using SmartCommunity.Domain.Commands;
using SmartCommunity.Domain.Views;
using SmartCommunity.Domain.Wire;
using SmartCommunity.Storage;

namespace SmartCommunity.Grains.Streams;

/// <summary>What a decision wants to append: the domain's events and effects in the store's words.</summary>
internal sealed class Drafted
{
    public required IReadOnlyList<DecidedEvent> Events { get; init; }

    public required Effects Effects { get; init; }

    public ReadOnlyMemory<NewReading> Readings { get; init; }

    public IReadOnlyList<NewKey> Keys { get; init; } = [];

    /// <summary>The request that caused the events.</summary>
    public string? RequestId { get; init; }

    public int EntryCount => Events.Count + Readings.Length;

    /// <summary>The latest record time among the entries; 0 when there are none.</summary>
    public long RecordedMs
    {
        get
        {
            var latest = 0L;
            foreach (var decided in Events)
            {
                latest = Math.Max(latest, decided.RecordedMs);
            }

            foreach (var reading in Readings.Span)
            {
                latest = Math.Max(latest, reading.ReceivedMs);
            }

            return latest;
        }
    }

    public Append ToAppend(StreamKey stream, long epoch, long version) => new()
    {
        Stream = stream,
        Epoch = epoch,
        ExpectedVersion = version,
        Events = Events.Count == 0 ? [] : [.. Events.Select(Store)],
        Readings = Readings,
        Views = Effects.Rows.Count == 0 ? [] : [.. Effects.Rows.Select(row => Store(row, stream.Name))],
        Keys = Keys,
        Counters = Effects.Counters.Count == 0 ? [] : [.. Effects.Counters.Select(c => new CounterChange(c.Area, c.Name, c.Delta))],
        Lookups = Effects.Lookups.Count == 0 ? [] : [.. Effects.Lookups.Select(l => new LookupChange(l.Scope, l.Key, l.Kind, l.Id))],
    };

    private NewEvent Store(DecidedEvent decided) => new(
        EventCodec.NameOf(decided.Event),
        EventCodec.Encode(decided.Event),
        decided.Area.ToString(),
        decided.AtMs,
        decided.RecordedMs,
        decided.Actor,
        RequestId,
        decided.Cause);

    private static ViewChange Store(Projected row, string owner) => new(
        row.Kind,
        row.Id,
        row.Area,
        row.Status,
        // Said with its type: as a null array it would become an empty body, and the row would stay.
        row.Record is null ? default(ReadOnlyMemory<byte>?) : RecordCodec.Encode(row.Record),
        row.DueMs,
        row.MustBeNew,
        owner);
}
