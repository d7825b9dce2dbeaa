namespace SmartCommunity.Storage.Sqlite;

/// <summary>Drops whole segments of readings. Runs on the writer thread between two commits.</summary>
internal sealed class Retention(Connection connection, HotSegment hot)
{
    /// <summary>Answers how many readings went.</summary>
    public long DropBefore(long receivedMs, long nextPosition)
    {
        // The sealed ones first: on a full disk they make the room that sealing the hot one needs.
        var dropped = DropSealedBefore(receivedMs);
        if (hot.Rows > 0 && hot.MaxReceivedMs < receivedMs)
        {
            hot.Seal(nextPosition);
        }

        return dropped + DropSealedBefore(receivedMs);
    }

    /// <summary>The same without touching the hot segment.</summary>
    public long DropSealedBefore(long receivedMs)
    {
        var dropped = 0L;
        foreach (var (segment, rows) in Older(receivedMs))
        {
            connection.Execute("BEGIN IMMEDIATE");
            connection.Execute($"DROP TABLE {HotSegment.Table(segment)}");
            connection.Execute($"DELETE FROM segments WHERE id = {segment}");
            connection.Execute($"DELETE FROM segment_series WHERE segment = {segment}");
            connection.Execute("COMMIT");
            dropped += rows;
        }

        return dropped;
    }

    private List<(long Segment, long Rows)> Older(long receivedMs)
    {
        var older = new List<(long, long)>();
        var rows = connection.Kept("SELECT id, row_count FROM segments WHERE sealed = 1 AND max_received < ? ORDER BY id");
        rows.Bind(1, receivedMs);
        while (rows.Step())
        {
            older.Add((rows.Int64(0), rows.Int64(1)));
        }

        rows.Reset();
        return older;
    }
}
