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
