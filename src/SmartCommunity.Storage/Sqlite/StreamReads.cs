using System.Runtime.CompilerServices;

namespace SmartCommunity.Storage.Sqlite;

/// <summary>
/// Reads one stream: events by version, readings segment by segment. What lies before the start position costs nothing: events are found by a binary search over
/// versions, sealed segments through <c>segment_series</c>, the hot segment through memory.
/// </summary>
internal sealed class StreamReads(ReaderPool readers, Heads heads, SeriesCache series, CommitFeed feed)
{
    private const int PageEvents = 1_024;

    public async IAsyncEnumerable<JournalEntry> ReadAsync(StreamKey stream, long afterPosition, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var last = feed.CommittedPosition;
        var position = afterPosition;
        while (position < last)
        {
            var from = position;
            var page = await readers.ReadLongAsync(connection => Page(connection, stream, from, last), cancellation).ConfigureAwait(false);
            foreach (var entry in page.Entries)
            {
                cancellation.ThrowIfCancellationRequested();
                yield return entry;
            }

            position = page.NextPosition;
        }
    }

    /// <summary>The next page ends at the end of a segment that holds readings of the stream, or after enough events, whichever comes first.</summary>
    private FeedPage Page(Connection connection, StreamKey stream, long after, long last)
    {
        var ids = series.OfStream(connection, stream);
        var (segment, upTo) = NextSegment(connection, ids, after, last);
        var events = Events(connection, stream, after, upTo);
        if (events.Count == PageEvents)
        {
            upTo = events[^1].Position;
        }

        if (ids.Count == 0)
        {
            return new FeedPage(events, upTo);
        }

        var readings = segment > 0 ? Sealed(connection, segment, ids, after, upTo) : Hot(connection, stream, after, upTo);
        return new FeedPage(Merge(events, readings), upTo);
    }

    private static (long Segment, long UpTo) NextSegment(Connection connection, List<SeriesRow> ids, long after, long last)
    {
        var found = (Segment: long.MaxValue, UpTo: last);
        var first = connection.Kept("SELECT id FROM segments WHERE last_position > ? ORDER BY last_position LIMIT 1");
        first.Bind(1, after);
        if (!first.Step())
        {
            first.Reset();
            return (0, last);
        }

        var oldest = first.Int64(0);
        first.Reset();
        foreach (var row in ids)
        {
            var next = connection.Kept(
                "SELECT r.segment, s.last_position FROM segment_series r JOIN segments s ON s.id = r.segment "
                + "WHERE r.series = ? AND r.segment >= ? AND r.last_position > ? ORDER BY r.segment LIMIT 1");
            next.Bind(1, row.Id);
            next.Bind(2, oldest);
            next.Bind(3, after);
            if (next.Step() && next.Int64(0) < found.Segment)
            {
                found = (next.Int64(0), Math.Min(last, next.Int64(1)));
            }

            next.Reset();
        }

        return found.Segment == long.MaxValue ? (0, last) : found;
    }

    private static List<JournalEntry> Events(Connection connection, StreamKey stream, long after, long upTo)
    {
        var entries = new List<JournalEntry>();
        var select = connection.Kept($"SELECT {EventColumns.List} FROM journal WHERE district = ? AND stream = ? AND version >= ? ORDER BY version LIMIT {PageEvents}");
        var version = FirstVersionAfter(connection, stream, after);
        select.Bind(1, stream.District);
        select.Bind(2, stream.Name);
        select.Bind(3, version);
        while (select.Step() && select.Int64(0) <= upTo)
        {
            entries.Add(EventColumns.Entry(select, stream));
        }

        select.Reset();
        return entries;
    }

    /// <summary>Versions are dense and rise with positions, so the first one after a position takes a handful of index look-ups however long the stream is.</summary>
    private static long FirstVersionAfter(Connection connection, StreamKey stream, long after)
    {
        if (after <= 0)
        {
            return 1;
        }

        var max = connection.Kept("SELECT max(version) FROM journal WHERE district = ? AND stream = ?");
        max.Bind(1, stream.District);
        max.Bind(2, stream.Name);
        var high = max.Step() ? max.Int64(0) + 1 : 1;
        max.Reset();
        var low = 1L;
        var at = connection.Kept("SELECT position FROM journal WHERE district = ? AND stream = ? AND version = ?");
        while (low < high)
        {
            var middle = (low + high) / 2;
            at.Bind(1, stream.District);
            at.Bind(2, stream.Name);
            at.Bind(3, middle);
            var later = at.Step() && at.Int64(0) > after;
            at.Reset();
            if (later)
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }

        return low;
    }

    private static List<JournalEntry> Sealed(Connection connection, long segment, List<SeriesRow> ids, long after, long upTo)
    {
        var entries = new List<JournalEntry>();
        var sql = $"SELECT {ReadingColumns.List} FROM {HotSegment.Table(segment)} WHERE series = ? AND position > ? AND position <= ?";
        using var select = connection.Prepare(sql);
        foreach (var row in ids)
        {
            select.Bind(1, row.Id);
            select.Bind(2, after);
            select.Bind(3, upTo);
            while (select.Step())
            {
                entries.Add(ReadingColumns.Entry(select, row));
            }

            select.Reset();
        }

        entries.Sort(static (a, b) => a.Position.CompareTo(b.Position));
        return entries;
    }

    private List<JournalEntry> Hot(Connection connection, StreamKey stream, long after, long upTo)
    {
        var entries = new List<JournalEntry>();
        foreach (var (reading, select) in HotReads.Rows(connection, heads, stream, after, null))
        {
            if (reading.Position > upTo)
            {
                break;
            }

            entries.Add(ReadingColumns.Entry(select, series.Get(connection, reading.Series)));
        }

        return entries;
    }

    private static List<JournalEntry> Merge(List<JournalEntry> events, List<JournalEntry> readings)
    {
        if (readings.Count == 0)
        {
            return events;
        }

        if (events.Count == 0)
        {
            return readings;
        }

        var merged = new List<JournalEntry>(events.Count + readings.Count);
        var (e, r) = (0, 0);
        while (e < events.Count || r < readings.Count)
        {
            var takeEvent = r == readings.Count || (e < events.Count && events[e].Position < readings[r].Position);
            merged.Add(takeEvent ? events[e++] : readings[r++]);
        }

        return merged;
    }
}
