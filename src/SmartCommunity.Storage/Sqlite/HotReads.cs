namespace SmartCommunity.Storage.Sqlite;

/// <summary>Reads rows of the hot segment by the positions that memory knows.</summary>
internal static class HotReads
{
    /// <summary>The hot segment of this connection's transaction: a read must not mix memory of one segment with rows of another.</summary>
    public static long Segment(Connection connection)
    {
        var find = connection.Kept("SELECT id FROM segments WHERE sealed = 0 ORDER BY id DESC LIMIT 1");
        var segment = find.Step() ? find.Int64(0) : 0;
        find.Reset();
        return segment;
    }

    /// <summary>
    /// Readings of a stream after a position that match, ascending by position. Those that memory knows but the transaction does not see yet are left out.
    /// </summary>
    public static IEnumerable<(HotReading Reading, Statement Row)> Rows(
        Connection connection, Heads heads, StreamKey stream, long afterPosition, Func<HotReading, bool>? match)
    {
        var segment = Segment(connection);
        var known = new List<HotReading>();
        var loading = heads.HotIsLoading;
        var held = heads.Find(stream)?.CopyHot(segment, afterPosition, match, known) ?? segment;
        if (held > segment || loading || heads.HotIsLoading)
        {
            // The segment was sealed after this transaction began, or memory is being filled. Rare; the rows are there, to be found by one pass.
            foreach (var row in Scan(connection, segment, stream, afterPosition, match))
            {
                yield return row;
            }

            yield break;
        }

        if (known.Count == 0)
        {
            yield break;
        }

        using var select = connection.Prepare($"SELECT {ReadingColumns.List} FROM {HotSegment.Table(segment)} WHERE position = ?");
        foreach (var reading in known)
        {
            select.Bind(1, reading.Position);
            if (select.Step())
            {
                yield return (reading, select);
            }

            select.Reset();
        }
    }

    private static IEnumerable<(HotReading Reading, Statement Row)> Scan(
        Connection connection, long segment, StreamKey stream, long afterPosition, Func<HotReading, bool>? match)
    {
        using var select = connection.Prepare(
            $"SELECT {ReadingColumns.List} FROM {HotSegment.Table(segment)} WHERE position > ? "
            + "AND series IN (SELECT id FROM series WHERE district = ? AND stream = ?) ORDER BY position");
        select.Bind(1, afterPosition);
        select.Bind(2, stream.District);
        select.Bind(3, stream.Name);
        while (select.Step())
        {
            var reading = new HotReading(select.Int64(0), select.Int64(2), select.Int64(1));
            if (match is null || match(reading))
            {
                yield return (reading, select);
            }
        }
    }
}
