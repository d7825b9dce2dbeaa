using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Orleans;
using Orleans.Configuration;
using Orleans.Runtime;
using Orleans.Serialization;
using Orleans.Serialization.Activators;
using Orleans.Serialization.Serializers;
using Orleans.Storage;
using SmartCommunity.Storage.Sqlite;

namespace SmartCommunity.Storage.Conformance;

/// <summary>Orleans' own AdoNet grain storage on the tables and queries of our migrations, in the same file as the journal.</summary>
public sealed class OrleansSnapshotTests : IDisposable
{
    private static readonly GrainId Grain = GrainId.Create("building", "340104/buildings/楼1");

    private readonly TempFolder _folder = new();
    private readonly SqliteStore _store;

    public OrleansSnapshotTests() => _store = SqliteStore.Open(new SqliteStoreOptions { Folder = _folder.Path });

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _store.Dispose();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_snapshot_is_written_read_and_cleared()
    {
        var storage = await Start();
        var state = new GrainState<Note>(new Note { Text = "一" });
        await storage.ReadStateAsync("building", Grain, state);
        Assert.False(state.RecordExists);
        state.State = new Note { Text = "一" };
        await storage.WriteStateAsync("building", Grain, state);
        state.State!.Text = "二";
        await storage.WriteStateAsync("building", Grain, state);
        Assert.Equal("2", state.ETag);

        var read = new GrainState<Note>();
        await storage.ReadStateAsync("building", Grain, read);
        Assert.Equal(("二", "2", true), (read.State!.Text, read.ETag, read.RecordExists));
        var other = new GrainState<Note>();
        await storage.ReadStateAsync("cell", Grain, other);
        Assert.False(other.RecordExists);

        await storage.ClearStateAsync("building", Grain, read);
        Assert.Equal("3", read.ETag);
        var cleared = new GrainState<Note>();
        await storage.ReadStateAsync("building", Grain, cleared);
        Assert.False(cleared.RecordExists);
        cleared.State = new Note { Text = "三" };
        await storage.WriteStateAsync("building", Grain, cleared);
        Assert.Equal("4", cleared.ETag);
    }

    [Fact]
    public async Task A_second_writer_of_the_same_snapshot_loses()
    {
        var storage = await Start();
        var (one, two) = (new GrainState<Note>(new Note()), new GrainState<Note>(new Note()));
        await storage.WriteStateAsync("building", Grain, one);
        _ = await Assert.ThrowsAsync<InconsistentStateException>(() => storage.WriteStateAsync("building", Grain, two));
        await storage.ReadStateAsync("building", Grain, two);
        await storage.WriteStateAsync("building", Grain, two);
        _ = await Assert.ThrowsAsync<InconsistentStateException>(() => storage.WriteStateAsync("building", Grain, one));
        _ = await Assert.ThrowsAsync<InconsistentStateException>(() => storage.ClearStateAsync("building", Grain, one));
    }

    [Fact]
    public async Task Snapshots_and_commits_share_the_file_without_failing_each_other()
    {
        var storage = await Start();
        var stream = new StreamKey("340104", "buildings/B1");
        var claim = await _store.ClaimAsync(stream, Cancellation);
        var snapshots = Task.Run(
            async () =>
            {
                var state = new GrainState<Note>(new Note { Text = new string('x', 4000) });
                for (var i = 0; i < 40; i++)
                {
                    await storage.WriteStateAsync("building", Grain, state);
                }
            },
            Cancellation);
        var commits = 0;
        while (!snapshots.IsCompleted || commits < 100)
        {
            var readings = new[] { new NewReading("d1", "pm25", "", commits, commits, 1, null) };
            var result = await _store.CommitAsync(
                new Append { Stream = stream, Epoch = claim.Epoch, ExpectedVersion = 0, Readings = readings }, Cancellation);
            Assert.Equal(CommitStatus.Committed, result.Status);
            commits++;
        }

        await snapshots;
        Assert.Null(_store.Trouble);
    }

    private async Task<AdoNetGrainStorage> Start()
    {
        var services = new ServiceCollection().AddSerializer().BuildServiceProvider();
        var options = new AdoNetGrainStorageOptions
        {
            Invariant = "System.Data.SQLite",
            ConnectionString = _store.SnapshotConnectionString,
            GrainStorageSerializer = new PlainJson(),
        };
        var storage = new AdoNetGrainStorage(
            services.GetRequiredService<IActivatorProvider>(),
            NullLogger<AdoNetGrainStorage>.Instance,
            Options.Create(options),
            Options.Create(new ClusterOptions { ClusterId = "test", ServiceId = "smart-community" }),
            "snapshots");
        var lifecycle = new OneStage();
        storage.Participate(lifecycle);
        await lifecycle.Observer!.OnStart(Cancellation);
        return storage;
    }

    public sealed class Note
    {
        public string Text { get; set; } = "";
    }

    private sealed class PlainJson : IGrainStorageSerializer
    {
        public BinaryData Serialize<T>(T? input) => new(System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(input));

        public T Deserialize<T>(BinaryData input) => System.Text.Json.JsonSerializer.Deserialize<T>(input.ToMemory().Span)!;
    }

    private sealed class OneStage : ISiloLifecycle
    {
        public ILifecycleObserver? Observer { get; private set; }

        public int HighestCompletedStage => 0;

        public int LowestStoppedStage => 0;

        public IDisposable Subscribe(string observerName, int stage, ILifecycleObserver observer)
        {
            Observer = observer;
            return new MemoryStream();
        }
    }
}
