namespace SmartCommunity.Storage.Sqlite;

/// <summary>Reads sensor values over sealed segments (by their index) and the hot one (by what memory knows of it).</summary>
internal sealed class ReadingReads(SqliteStoreOptions options, ReaderPool readers, Heads heads, SeriesCache series)
{
    private static readonly Comparison<StoredReading> ByTime = static (a, b) =>
        a.AtMs != b.AtMs ? a.AtMs.CompareTo(b.AtMs) : a.Position.CompareTo(b.Position);

    public ValueTask<IReadOnlyList<StoredReading>> RangeAsync(ReadingRange range, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(range.Limit);
        return readers.ReadLongAsync<IReadOnlyList<StoredReading>>(
            connection => Range(connection, range, Math.Min(range.Limit, options.MaxReadRows)), cancellation);
    }

    public async ValueTask<IReadOnlyList<ReadingBucket>> DownsampleAsync(ReadingRange range, long bucketMs, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bucketMs);
        var buckets = new Buckets(bucketMs);
        await readers.ReadLongAsync(
            connection =>
            {
                Each(connection, range, limit: null, (row, owner) => buckets.Add(owner.Metric, row.Int64(2), row.Int64(0), ReadingColumns.Value(row)));
                return 0;
            },
            cancellation).ConfigureAwait(false);
        return buckets.ToList(Math.Min(range.Limit, options.MaxReadRows));
    }

    public ValueTask<IReadOnlyList<StoredReading>> AtAsync(string district, string device, long atMs, CancellationToken cancellation)
    {
        var range = new ReadingRange(district, device, null, atMs, atMs + 1, options.MaxReadRows);
        return readers.ReadAsync<IReadOnlyList<StoredReading>>(connection => Range(connection, range, options.MaxReadRows), cancellation);
    }

    public ValueTask<ReadingDigest> DigestAsync(string district, CancellationToken cancellation) =>
        readers.ReadLongAsync(connection => Digest(connection, district), cancellation);

    private List<StoredReading> Range(Connection connection, ReadingRange range, int limit)
    {
        var found = new List<StoredReading>();
        if (limit > 0 && range.FromMs < range.ToMs)
        {
            Each(connection, range, limit, (row, owner) => found.Add(ReadingColumns.Stored(row, owner)));
            found.Sort(ByTime);
            if (found.Count > limit)
            {
                found.RemoveRange(limit, found.Count - limit);
            }
        }

        return found;
    }

    /// <summary>
    /// Visits the rows of a range, in no particular order. With a limit, at least the first <paramref name="limit"/> by (time, position) are visited: runs come in order of their
    /// first time, and those that begin after enough rows were seen are left out.
    /// </summary>
    private void Each(Connection connection, ReadingRange range, int? limit, Action<Statement, SeriesRow> visit)
    {
        var wanted = series.OfDevice(connection, range.District, range.Device).FindAll(row => Matches(row, range));
        if (wanted.Count == 0)
        {
            return;
        }

        var from = Math.Max(range.FromMs, range.AfterMs ?? long.MinValue);
        var seen = new FirstTimes(limit);
        foreach (var stream in wanted.Select(static row => row.Stream).Distinct())
        {
            EachHot(connection, range, from, stream, wanted, (row, owner) =>
            {
                seen.Add(row.Int64(2));
                visit(row, owner);
            });
        }

        foreach (var run in Runs(connection, wanted, from, range.ToMs))
        {
            if (seen.AllBefore(run.MinAt))
            {
                break;
            }

            EachSealed(connection, range, from, limit, run, (row, owner) =>
            {
                seen.Add(row.Int64(2));
                visit(row, owner);
            });
        }
    }

    private void EachHot(
        Connection connection, ReadingRange range, long from, StreamKey stream, List<SeriesRow> wanted, Action<Statement, SeriesRow> visit)
    {
        bool Match(HotReading reading) =>
            reading.AtMs >= from && reading.AtMs < range.ToMs && IsAfter(range, reading.AtMs, reading.Position) && wanted.Exists(row => row.Id == reading.Series);

        foreach (var (reading, row) in HotReads.Rows(connection, heads, stream, 0, Match))
        {
            visit(row, wanted.Find(owner => owner.Id == reading.Series)!);
        }
    }

    private static void EachSealed(Connection connection, ReadingRange range, long from, int? limit, Run run, Action<Statement, SeriesRow> visit)
    {
        using var select = connection.Prepare(
            $"SELECT {ReadingColumns.List} FROM {HotSegment.Table(run.Segment)} WHERE series = ? AND at >= ? AND at < ? "
            + "AND (at > ? OR position > ?) ORDER BY at, position LIMIT ?");
        select.Bind(1, run.Series.Id);
        select.Bind(2, from);
        select.Bind(3, range.ToMs);
        select.Bind(4, range.AfterMs ?? long.MinValue);
        select.Bind(5, range.AfterMs is null ? -1 : range.AfterPosition);
        select.Bind(6, limit ?? -1);
        while (select.Step())
        {
            visit(select, run.Series);
        }
    }

    private static bool IsAfter(ReadingRange range, long atMs, long position) =>
        range.AfterMs is not { } after || atMs > after || (atMs == after && position > range.AfterPosition);

    private static bool Matches(SeriesRow row, ReadingRange range) =>
        (range.Metric is null || row.Metric == range.Metric) && row.Area.StartsWith(range.Area, StringComparison.Ordinal);

    private static List<Run> Runs(Connection connection, List<SeriesRow> wanted, long from, long to)
    {
        var runs = new List<Run>();
        var select = connection.Kept("SELECT segment, min_at FROM segment_series WHERE series = ? AND max_at >= ? AND min_at < ?");
        foreach (var owner in wanted)
        {
            select.Bind(1, owner.Id);
            select.Bind(2, from);
            select.Bind(3, to);
            while (select.Step())
            {
                runs.Add(new Run(owner, select.Int64(0), select.Int64(1)));
            }

            select.Reset();
        }

        runs.Sort(static (a, b) => a.MinAt.CompareTo(b.MinAt));
        return runs;
    }

    private ReadingDigest Digest(Connection connection, string district)
    {
        var digest = new DigestSum();
        var segments = new List<long>();
        using (var select = connection.Prepare("SELECT id FROM segments ORDER BY id"))
        {
            while (select.Step())
            {
                segments.Add(select.Int64(0));
            }
        }

        foreach (var segment in segments)
        {
            using var rows = connection.Prepare($"SELECT {ReadingColumns.List} FROM {HotSegment.Table(segment)}");
            while (rows.Step())
            {
                var owner = series.Get(connection, rows.Int64(1));
                if (owner.Stream.District == district)
                {
                    digest.Add(owner.Device, owner.Metric, rows.Int64(2), ReadingColumns.Value(rows), rows.IsNull(5) ? default : rows.Span(5), rows.IsNull(5));
                }
            }
        }

        return digest.ToDigest();
    }

    private readonly record struct Run(SeriesRow Series, long Segment, long MinAt);

    /// <summary>Keeps the times of the first so many rows seen, to know when nothing earlier can come.</summary>
    private sealed class FirstTimes(int? limit)
    {
        private readonly PriorityQueue<long, long> _latestFirst = new();

        public void Add(long atMs)
        {
            if (limit is not { } count)
            {
                return;
            }

            if (_latestFirst.Count < count)
            {
                _latestFirst.Enqueue(atMs, -atMs);
            }
            else
            {
                _ = _latestFirst.EnqueueDequeue(atMs, -atMs);
            }
        }

        public bool AllBefore(long atMs) => limit is { } count && _latestFirst.Count >= count && _latestFirst.Peek() < atMs;
    }
}
