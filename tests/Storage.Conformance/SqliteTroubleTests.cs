using System.Diagnostics;
using Microsoft.Data.Sqlite;
using SmartCommunity.Storage.Sqlite;

namespace SmartCommunity.Storage.Conformance;

/// <summary>While the disk is in trouble nothing is acknowledged, reads go on, and the store recovers without help.</summary>
public sealed class SqliteTroubleTests : IDisposable
{
    private static readonly StreamKey Stream = new("340104", "buildings/B1");

    private readonly TempFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_file_locked_by_another_program_fails_commits_until_it_is_free()
    {
        var options = new SqliteStoreOptions { Folder = _folder.Path, BusyTimeoutMs = 30 };
        await using var store = SqliteStore.Open(options);
        var claim = await store.ClaimAsync(Stream, Cancellation);
        _ = await store.CommitAsync(Event(claim, 0), Cancellation);

        using (var other = new SqliteConnection($"Data Source={options.File};Pooling=False"))
        {
            other.Open();
            using var held = other.BeginTransaction(deferred: false);
            var refused = await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.CommitAsync(Event(claim, 1), Cancellation));
            Assert.Contains("locked", refused.Message, StringComparison.Ordinal);
            await Eventually.Holds(() => store.Trouble is not null, Cancellation);
            Assert.Contains("locked", store.Trouble, StringComparison.Ordinal);
            Assert.Equal(1, await Count(store));
            Assert.Equal(1, (await store.ClaimAsync(Stream, Cancellation)).Version);
        }

        await Recovers(store, expected: 2);
    }

    [Fact]
    public async Task A_full_database_acknowledges_nothing_that_is_not_there_and_recovers_when_old_readings_are_dropped()
    {
        await using var store = SqliteStore.Open(new SqliteStoreOptions { Folder = _folder.Path, MaxPages = 200, SegmentRows = 512, ProbeMsMax = 20 });
        var claim = await store.ClaimAsync(Stream, Cancellation);
        var acknowledged = await FillUp(store, claim);

        Assert.Equal(acknowledged, await Count(store));
        await Eventually.Holds(() => store.Trouble is null, Cancellation);
        Assert.InRange(await store.DropBeforeAsync(long.MaxValue, Cancellation), 1, acknowledged);
        await Recovers(store, expected: null);
    }

    [Fact]
    public async Task A_full_disk_turns_into_trouble_and_goes_on_when_there_is_space()
    {
        using var disk = SmallDisk.Mount(_folder.Path, "size=6m");
        await using var store = SqliteStore.Open(new SqliteStoreOptions { Folder = Path.Combine(disk.Path, "store"), ProbeMsMax = 20 });
        var filler = Path.Combine(disk.Path, "filler");
        await File.WriteAllBytesAsync(filler, new byte[3 << 20], Cancellation);
        var claim = await store.ClaimAsync(Stream, Cancellation);
        var acknowledged = await FillUp(store, claim);

        Assert.Equal(acknowledged, await Count(store));
        File.Delete(filler);
        await Eventually.Holds(() => store.Trouble is null, Cancellation);
        await Recovers(store, acknowledged + 1);
    }

    [Fact]
    public async Task A_read_only_disk_is_refused_at_the_start_and_keeps_what_it_holds()
    {
        using var disk = SmallDisk.Mount(_folder.Path, "size=8m");
        var options = new SqliteStoreOptions { Folder = Path.Combine(disk.Path, "store") };
        await using (var store = SqliteStore.Open(options))
        {
            var claim = await store.ClaimAsync(Stream, Cancellation);
            _ = await store.CommitAsync(Event(claim, 0), Cancellation);
        }

        disk.Remount("ro");
        var refused = Assert.Throws<StoreUnavailableException>(() => SqliteStore.Open(options));
        Assert.Contains("cannot be written", refused.Message, StringComparison.Ordinal);
        disk.Remount("rw");
        await using var again = SqliteStore.Open(options);
        await Recovers(again, expected: 2);
    }

    private static async Task<long> FillUp(SqliteStore store, Claim claim)
    {
        var acknowledged = 0L;
        var readings = Enumerable.Range(0, 100).Select(i => new NewReading("d1", "pm25", "", i, i, i, "message")).ToArray();
        var refused = await Assert.ThrowsAsync<StoreUnavailableException>(async () =>
        {
            while (acknowledged < 1_000_000)
            {
                var result = await store.CommitAsync(
                    new Append { Stream = Stream, Epoch = claim.Epoch, ExpectedVersion = 0, Readings = readings }, Cancellation);
                acknowledged += result.LastPosition - result.FirstPosition + 1;
            }
        });
        Assert.Contains("full", refused.Message, StringComparison.Ordinal);
        return acknowledged;
    }

    private static async Task Recovers(SqliteStore store, long? expected)
    {
        await Eventually.Holds(() => store.Trouble is null, Cancellation);
        var claim = await store.ClaimAsync(Stream, Cancellation);
        Assert.Equal(CommitStatus.Committed, (await store.CommitAsync(Event(claim, claim.Version), Cancellation)).Status);
        if (expected is { } count)
        {
            Assert.Equal(count, await Count(store));
        }
    }

    private static async Task<long> Count(SqliteStore store)
    {
        var count = 0L;
        await foreach (var entry in store.ReadStreamAsync(Stream, 0, Cancellation))
        {
            count++;
        }

        return count;
    }

    private static Append Event(Claim claim, long version) => new()
    {
        Stream = Stream,
        Epoch = claim.Epoch,
        ExpectedVersion = version,
        Events = [new NewEvent("Happened", "{}"u8.ToArray(), "", 1, 1, "test")],
    };

    private sealed class SmallDisk : IDisposable
    {
        private SmallDisk(string path) => Path = path;

        public string Path { get; }

        public static SmallDisk Mount(string folder, string options)
        {
            var path = System.IO.Path.Combine(folder, "disk");
            Directory.CreateDirectory(path);
            var missing = Machine.Missing("mount", "umount");
            Assert.SkipWhen(missing is not null, missing ?? "");
            var (code, error) = Machine.Run("mount", "-t", "tmpfs", "-o", options, "none", path);
            Assert.SkipWhen(code != 0, $"A small disk cannot be mounted here: {error}");
            return new SmallDisk(path);
        }

        public void Remount(string options) => Assert.Equal((0, ""), Machine.Run("mount", "-o", $"remount,{options}", Path));

        public void Dispose()
        {
            // Lazily: a child process that another test starts meanwhile may still hold a handle for a moment.
            var (code, error) = Machine.Run("umount", "-l", Path);
            Debug.Assert(code == 0, error);
        }
    }
}
