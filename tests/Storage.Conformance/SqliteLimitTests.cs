using Microsoft.Data.Sqlite;
using SmartCommunity.Storage.Sqlite;

namespace SmartCommunity.Storage.Conformance;

/// <summary>Each limit of the store at its edge.</summary>
public sealed class SqliteLimitTests : IDisposable
{
    private static readonly StreamKey Stream = new("340104", "buildings/B1");

    private readonly TempFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private SqliteStoreOptions Options => new() { Folder = _folder.Path };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_full_queue_answers_at_once_and_what_was_taken_is_committed()
    {
        const int Room = 5;
        await using var store = SqliteStore.Open(Options with { MaxQueueAppends = Room, MaxCommitAppends = 1, BusyTimeoutMs = 60_000 });
        var claim = await store.ClaimAsync(Stream, Cancellation);
        var taken = new List<Task<CommitResult>>();
        using (var other = new SqliteConnection($"Data Source={Options.File};Pooling=False"))
        {
            other.Open();
            using var held = other.BeginTransaction(deferred: false);

            // One is with the writer, which waits for the lock; the queue has room for five more. The writer may or may not have taken its one by now.
            var refused = Assert.Throws<StoreUnavailableException>(() =>
            {
                for (var i = 0; i < Room + 2; i++)
                {
                    taken.Add(store.CommitAsync(Reading(claim, i), Cancellation).AsTask());
                }
            });
            Assert.Contains("5 appends already wait", refused.Message, StringComparison.Ordinal);
            Assert.InRange(taken.Count, Room, Room + 1);
            Assert.All(taken, task => Assert.False(task.IsCompleted));
        }

        Assert.All(await Task.WhenAll(taken), result => Assert.Equal(CommitStatus.Committed, result.Status));
        Assert.Equal(CommitStatus.Committed, (await store.CommitAsync(Reading(claim, 99), Cancellation)).Status);
    }

    [Fact]
    public async Task Bytes_that_wait_are_limited_too()
    {
        await using var store = SqliteStore.Open(Options with { MaxQueueBytes = 10_000, MaxCommitAppends = 1, BusyTimeoutMs = 60_000 });
        var claim = await store.ClaimAsync(Stream, Cancellation);
        var taken = new List<Task<CommitResult>>();
        using (var other = new SqliteConnection($"Data Source={Options.File};Pooling=False"))
        {
            other.Open();
            using var held = other.BeginTransaction(deferred: false);
            var refused = Assert.Throws<StoreUnavailableException>(() =>
            {
                for (var i = 0; i < 4; i++)
                {
                    taken.Add(store.CommitAsync(View(claim, 4_000), Cancellation).AsTask());
                }
            });
            Assert.Contains("10000 bytes already wait", refused.Message, StringComparison.Ordinal);
        }

        Assert.All(await Task.WhenAll(taken), result => Assert.Equal(CommitStatus.Committed, result.Status));
    }

    [Fact]
    public async Task One_append_may_be_as_large_as_the_limit_and_not_a_byte_larger()
    {
        const int Limit = 4_096;
        const int Overhead = 128;
        await using var store = SqliteStore.Open(Options with { MaxAppendBytes = Limit, MaxCommitBytes = 1_024 });
        var claim = await store.ClaimAsync(Stream, Cancellation);
        Assert.Equal(CommitStatus.Committed, (await store.CommitAsync(View(claim, Limit - Overhead), Cancellation)).Status);
        var refused = await Assert.ThrowsAsync<ArgumentException>(async () => await store.CommitAsync(View(claim, Limit - Overhead + 1), Cancellation));
        Assert.Contains("split it", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Everyone_who_waits_shares_a_commit_up_to_its_limit()
    {
        const int Appends = 100;
        await using var store = SqliteStore.Open(Options with { MaxCommitAppends = 40 });
        var claim = await store.ClaimAsync(Stream, Cancellation);
        var commits = 0;
        var held = new SqliteConnection($"Data Source={Options.File};Pooling=False");
        held.Open();
        Task<CommitResult>[] waiting;
        using (held.BeginTransaction(deferred: false))
        {
            using var notices = store.Subscribe(_ => Interlocked.Increment(ref commits));
            waiting = [.. Enumerable.Range(0, Appends).Select(i => store.CommitAsync(Reading(claim, i), Cancellation).AsTask())];
            await held.DisposeAsync();
            var results = await Task.WhenAll(waiting);
            Assert.Equal(Enumerable.Range(1, Appends).Select(i => (long)i), results.Select(r => r.FirstPosition));
        }

        // 100 in commits of at most 40: three, and one more when the writer had taken fewer at first.
        Assert.InRange(commits, 3, 4);
    }

    [Fact]
    public async Task A_segment_is_sealed_when_it_is_full()
    {
        const int Rows = 16;
        await using var store = SqliteStore.Open(Options with { SegmentRows = Rows });
        var claim = await store.ClaimAsync(Stream, Cancellation);
        for (var i = 0; i < Rows; i++)
        {
            Assert.Equal(0L, Sql("SELECT count(*) FROM segments WHERE sealed = 1"));
            _ = await store.CommitAsync(Reading(claim, i), Cancellation);
        }

        // The seal follows the commit; a claim waits behind it.
        _ = await store.ClaimAsync(new StreamKey("340104", "other"), Cancellation);
        Assert.Equal(1L, Sql("SELECT count(*) FROM segments WHERE sealed = 1"));
        Assert.Equal(1L, Sql("SELECT count(*) FROM sqlite_master WHERE name = 'readings_1_series'"));
    }

    [Fact]
    public async Task A_read_answers_no_more_rows_than_the_limit()
    {
        await using var store = SqliteStore.Open(Options with { MaxReadRows = 3 });
        var claim = await store.ClaimAsync(Stream, Cancellation);
        for (var i = 0; i < 5; i++)
        {
            _ = await store.CommitAsync(Reading(claim, i), Cancellation);
        }

        Assert.Equal(3, (await store.RangeAsync(new ReadingRange("340104", "d1", null, 0, 100, 1_000), Cancellation)).Count);
        Assert.Equal(3, (await store.ReadFeedAsync(0, 1_000, null, Cancellation)).Entries.Count);
        Assert.Equal(3, (await store.DownsampleAsync(new ReadingRange("340104", "d1", null, 0, 100, 1_000), 1, Cancellation)).Count);
    }

    [Fact]
    public async Task More_reads_than_connections_wait_for_their_turn()
    {
        await using var store = SqliteStore.Open(Options with { ReaderConnections = 1 });
        var claim = await store.ClaimAsync(Stream, Cancellation);
        _ = await store.CommitAsync(Reading(claim, 1), Cancellation);
        var range = new ReadingRange("340104", "d1", null, 0, 100, 10);
        var reads = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => store.RangeAsync(range, Cancellation).AsTask()));
        Assert.All(reads, rows => Assert.Single(rows));
    }

    [Fact]
    public async Task A_closed_store_says_so()
    {
        var store = SqliteStore.Open(Options);
        var claim = await store.ClaimAsync(Stream, Cancellation);
        await store.DisposeAsync();
        Assert.Contains("closed", store.Trouble, StringComparison.Ordinal);
        _ = await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.CommitAsync(Reading(claim, 1), Cancellation));
        _ = await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.ClaimAsync(Stream, Cancellation));
        _ = await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.DistrictsAsync(Cancellation));
    }

    [Fact]
    public async Task Names_of_series_start_anew_beyond_their_limit_and_are_read_again()
    {
        // Half of the names in each append.
        const int Series = SeriesCache.MaxRows + 2;
        await using var store = SqliteStore.Open(Options with { Synchronous = SqliteSynchronous.Normal });
        var claim = await store.ClaimAsync(Stream, Cancellation);
        for (var half = 0; half < 2; half++)
        {
            var readings = Enumerable.Range(half * Series / 2, Series / 2).Select(i => new NewReading("d1", $"m{i}", "", i, i, i, null)).ToArray();
            _ = await store.CommitAsync(new Append { Stream = Stream, Epoch = claim.Epoch, ExpectedVersion = 0, Readings = readings }, Cancellation);
        }

        for (var look = 0; look < 2; look++)
        {
            var page = await store.ReadFeedAsync(0, 100_000, null, Cancellation);
            Assert.Equal(Enumerable.Range(0, Series).Select(i => $"m{i}"), page.Entries.Select(e => e.Metric));
        }
    }

    // Seen to fail when the cache is not cleared.
    [Fact]
    public async Task Names_of_series_in_memory_never_exceed_their_limit()
    {
        await using (var store = SqliteStore.Open(Options with { Synchronous = SqliteSynchronous.Normal }))
        {
            var claim = await store.ClaimAsync(Stream, Cancellation);
            var readings = Enumerable.Range(0, SeriesCache.MaxRows + 1).Select(i => new NewReading("d1", $"m{i}", "", i, i, i, null)).ToArray();
            _ = await store.CommitAsync(new Append { Stream = Stream, Epoch = claim.Epoch, ExpectedVersion = 0, Readings = readings }, Cancellation);
        }

        using var connection = Connection.Open(Options.File, readOnly: true, 0);
        var cache = new SeriesCache();
        for (var id = 1; id <= SeriesCache.MaxRows; id++)
        {
            _ = cache.Get(connection, id);
        }

        Assert.Equal(SeriesCache.MaxRows, cache.Count);
        Assert.Equal($"m{SeriesCache.MaxRows}", cache.Get(connection, SeriesCache.MaxRows + 1).Metric);
        Assert.Equal(1, cache.Count);
    }

    [Fact]
    public async Task Reads_without_a_pause_keep_the_log_from_starting_over_until_its_limit()
    {
        var unlimited = await LongestLogAsync("unlimited", 1L << 40);
        var limited = await LongestLogAsync("limited", 1 << 20);
        Assert.True(limited * 3 < unlimited, $"With a limit of 1 MiB the log grew to {limited} bytes, without one to {unlimited}.");
    }

    // Seen to fail when the comparison with the limit is turned round.
    [Theory]
    [InlineData(0, false)]
    [InlineData(-1, true)]
    public async Task A_file_up_to_the_limit_is_checked_page_by_page(int beyond, bool opens)
    {
        await using (var store = SqliteStore.Open(Options))
        {
            var claim = await store.ClaimAsync(Stream, Cancellation);
            var views = Enumerable.Range(0, 60).Select(i => new ViewChange("device", $"d{i}", "", "", System.Text.Encoding.ASCII.GetBytes(new string('x', 500)))).ToArray();
            _ = await store.CommitAsync(new Append { Stream = Stream, Epoch = claim.Epoch, ExpectedVersion = 0, Views = views }, Cancellation);
        }

        // A page of view rows, which is not among those a start looks at in a large file.
        const int Page = 4_096;
        var bytes = await File.ReadAllBytesAsync(Options.File, Cancellation);
        var at = bytes.AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(new string('x', 100))) / Page * Page;
        bytes.AsSpan(at, 8).Fill(0xFF);
        await File.WriteAllBytesAsync(Options.File, bytes, Cancellation);

        var options = Options with { FullCheckBytesMax = bytes.Length + beyond };
        if (opens)
        {
            SqliteStore.Open(options).Dispose();
            return;
        }

        var refused = Assert.Throws<StoreUnavailableException>(() => SqliteStore.Open(options));
        Assert.Contains("damaged", refused.Message, StringComparison.Ordinal);
    }

    /// <summary>How long the write-ahead log grows while one read always begins before the last one ends.</summary>
    private async Task<long> LongestLogAsync(string name, long bytesMax)
    {
        const int Commits = 256 * 8;
        var options = Options with { Folder = Path.Combine(_folder.Path, name), MaxLogBytes = bytesMax, CheckpointPages = 100, Synchronous = SqliteSynchronous.Normal };
        await using var store = SqliteStore.Open(options);
        using var stop = new CancellationTokenSource();
        var reads = Task.Run(() => ReadWithoutPauseAsync(options.File, stop.Token), Cancellation);
        var claim = await store.ClaimAsync(Stream, Cancellation);
        for (var i = 0; i < Commits; i++)
        {
            _ = await store.CommitAsync(View(claim, 3_000), Cancellation);
        }

        var longest = new FileInfo(options.File + "-wal").Length;
        await stop.CancelAsync();
        await reads;
        return longest;
    }

    private static async Task ReadWithoutPauseAsync(string file, CancellationToken stop)
    {
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(2));
        using var first = Connection.Open(file, readOnly: true, 1_000);
        using var second = Connection.Open(file, readOnly: true, 1_000);
        var (old, young) = (first, second);
        while (!stop.IsCancellationRequested)
        {
            young.Execute("BEGIN");
            _ = young.Scalar("SELECT count(*) FROM meta");
            if (old.InTransaction)
            {
                old.Execute("COMMIT");
            }

            (old, young) = (young, old);
            _ = await pause.WaitForNextTickAsync(CancellationToken.None);
        }

        old.Execute("COMMIT");
    }

    private static Append Reading(Claim claim, long at) => new()
    {
        Stream = Stream,
        Epoch = claim.Epoch,
        ExpectedVersion = 0,
        Readings = new[] { new NewReading("d1", "pm25", "", at, at, at, null) },
    };

    private static Append View(Claim claim, int bytes) => new()
    {
        Stream = Stream,
        Epoch = claim.Epoch,
        ExpectedVersion = 0,
        Views = [new ViewChange("device", "d1", "", "", new byte[bytes])],
    };

    private object? Sql(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Options.File};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}
