namespace SmartCommunity.Storage.Sqlite;

/// <summary>Reads the log in order of position: a merge of events and readings. A page scans a bounded number of entries, also when a district filter keeps few of them.</summary>
internal sealed class FeedReads(SqliteStoreOptions options, ReaderPool readers, SeriesCache series, CommitFeed feed)
{
    public ValueTask<FeedPage> ReadAsync(long afterPosition, int maxEntries, string? district, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxEntries);
        var last = feed.CommittedPosition;
        return afterPosition >= last
            ? new ValueTask<FeedPage>(new FeedPage([], afterPosition))
            : readers.ReadLongAsync(connection => Page(connection, afterPosition, last, Math.Min(maxEntries, options.MaxReadRows), district), cancellation);
    }

    private FeedPage Page(Connection connection, long after, long last, int max, string? district)
    {
        var entries = new List<JournalEntry>();
        var scanned = 0;
        var position = after;
        using var readings = Readings(connection, after, last).GetEnumerator();
        var events = connection.Kept(
            $"SELECT {EventColumns.List}, district, stream FROM journal "
            + "WHERE position > ? AND position <= ? ORDER BY position");
        events.Bind(1, after);
        events.Bind(2, last);
        var hasEvent = events.Step();
        var hasReading = readings.MoveNext();
        while (scanned < max && (hasEvent || hasReading))
        {
            scanned++;
            if (!hasReading || (hasEvent && events.Int64(0) < readings.Current.Int64(0)))
            {
                position = events.Int64(0);
                AddEvent(entries, events, district);
                hasEvent = events.Step();
            }
            else
            {
                position = readings.Current.Int64(0);
                AddReading(entries, connection, readings.Current, district);
                hasReading = readings.MoveNext();
            }
        }

        events.Reset();
        return new FeedPage(entries, hasEvent || hasReading ? position : last);
    }

    private static IEnumerable<Statement> Readings(Connection connection, long after, long last)
    {
        var segments = new List<long>();
        var find = connection.Kept("SELECT id FROM segments WHERE (sealed = 0 OR last_position > ?) AND first_position <= ? ORDER BY id");
        find.Bind(1, after);
        find.Bind(2, last);
        while (find.Step())
        {
            segments.Add(find.Int64(0));
        }

        find.Reset();
        foreach (var segment in segments)
        {
            using var rows = connection.Prepare(
                $"SELECT {ReadingColumns.List} FROM {HotSegment.Table(segment)} WHERE position > ? AND position <= ? ORDER BY position");
            rows.Bind(1, after);
            rows.Bind(2, last);
            while (rows.Step())
            {
                yield return rows;
            }
        }
    }

    private void AddReading(List<JournalEntry> entries, Connection connection, Statement row, string? district)
    {
        var owner = series.Get(connection, row.Int64(1));
        if (district is null || owner.Stream.District == district)
        {
            entries.Add(ReadingColumns.Entry(row, owner));
        }
    }

    private static void AddEvent(List<JournalEntry> entries, Statement row, string? district)
    {
        var owner = row.Text(10);
        if (district is not null && owner != district)
        {
            return;
        }

        entries.Add(EventColumns.Entry(row, new StreamKey(owner, row.Text(11))));
    }
}
