using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Storage;
using SmartCommunity.Domain.Twins;
using SmartCommunity.Grains.Directory;
using SmartCommunity.Grains.Ingest;
using SmartCommunity.Grains.Streams;
using SmartCommunity.Grains.Twins;

namespace SmartCommunity.Grains.Tests.Limits;

/// <summary>Limits of the grains' room, each at the limit and one beyond it.</summary>
public class GrainLimitTests
{
    [Fact]
    public async Task Routes_in_memory_start_anew_beyond_their_limit_and_are_found_again()
    {
        await using var silo = await TestSilo.StartAsync(("CredentialsCachedMax", "3"));
        var town = await Town.BuildAsync(silo);
        var cache = silo.Get<CredentialCache>();
        var counts = new List<int>();
        for (var i = 1; i <= 4; i++)
        {
            await town.MountAsync("d" + i, Town.B1);
            for (var known = 1; known <= i; known++)
            {
                Assert.NotNull(await cache.FindByTokenAsync(Town.Token + "d" + known, default));
            }

            counts.Add(cache.RouteCount);
        }

        Assert.Equal([1, 2, 3], counts.Take(3));
        Assert.InRange(counts[3], 1, 3);
    }

    [Fact]
    public async Task A_grain_takes_no_more_waiting_requests_than_its_limit()
    {
        await using var silo = await TestSilo.StartAsync(("GrainQueuedRequestsMax", "16"));
        var town = await Town.BuildAsync(silo);
        var route = await town.MountAsync("d1", Town.B1);
        Assert.Equal(16, silo.Get<IOptions<SiloMessagingOptions>>().Value.MaxEnqueuedRequestsHardLimit);
        silo.Journal.Gate = new TaskCompletionSource();
        var busy = town.SendAsync(route, town.Telemetry(route, 1, "m1"));
        await TestSilo.UntilAsync(() => new(silo.Journal.AtGate == 1));
        var waiting = Enumerable.Range(0, 40).Select(_ => silo.Grains.Building(Town.Code, Town.B1).Get()).ToArray();
        await TestSilo.UntilAsync(() => new(waiting.Any(w => w.IsFaulted)));
        silo.Journal.Gate.SetResult();
        Assert.Equal(MessageFate.Accepted, await busy);
        var outcomes = await Task.WhenAll(waiting.Select(w => Record.ExceptionAsync(() => w).AsTask()));
        Assert.InRange(outcomes.Count(o => o is null), 15, 17);
        Assert.All(outcomes.Where(o => o is not null), o => Assert.IsAssignableFrom<Orleans.Runtime.OrleansException>(o));
    }

    [Fact]
    public async Task An_idle_grain_leaves_memory_after_its_time_which_is_longer_than_a_look()
    {
        await using var silo = await TestSilo.StartAsync(("GrainIdleSeconds", "65"));
        var collection = silo.Get<IOptions<GrainCollectionOptions>>().Value;
        Assert.Equal(TimeSpan.FromSeconds(65), collection.CollectionAge);
        Assert.True(collection.CollectionQuantum < collection.CollectionAge);
        Assert.Empty(collection.ClassSpecificCollectionAge);
        await Assert.ThrowsAsync<OptionsValidationException>(() => TestSilo.StartAsync(("GrainIdleSeconds", "64")));
    }

    [Fact]
    public async Task Old_snapshots_of_a_stream_never_exceed_their_limit_and_the_newest_stays()
    {
        await using var silo = await TestSilo.StartAsync(
            ("SnapshotEveryEntries", "16"), ("SnapshotEverySeconds", "0"), ("SnapshotMarksMax", "4"), ("SnapshotOnSleepEntries", "1"));
        var town = await Town.BuildAsync(silo);
        var route = await town.MountAsync("d1", Town.B1);
        for (var i = 0; i < 20 * 16; i++)
        {
            Assert.Equal(MessageFate.Accepted, await town.SendAsync(route, town.Telemetry(route, 1, "m" + i)));
        }

        await silo.RestartAsync();
        var key = GrainKeys.KeyOf(new(Town.District, TwinKey.Of(Town.B1).ToString()));
        var kept = new GrainState<StreamSnapshot>(new());
        await silo.Get<StreamRoom>().Snapshots.ReadStateAsync(StateNames.Building, GrainId.Create("sc.building", key), kept);
        var marks = kept.State!.Marks;
        Assert.InRange(marks.Length, 2, 4);
        Assert.Equal(kept.State.Position, marks[^1].Position);
        Assert.Equal(marks.Select(m => m.Position).Order(), marks.Select(m => m.Position));
    }

    [Fact]
    public async Task Readings_that_were_kept_long_enough_are_dropped_by_segments()
    {
        // A sealed segment is 65,536 rows; here only the loop is tried: it asks the store at the start and every day, with the right instant.
        var asked = new System.Collections.Concurrent.ConcurrentQueue<long>();
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(new DateTimeOffset(2026, 11, 23, 4, 0, 0, TimeSpan.Zero));
        var services = new ServiceCollection().AddLogging().AddMetrics().AddSingleton<Observing.GrainMeters>().BuildServiceProvider();
        var readings = RetentionProbe.Of(asked);
        using var retention = new Retention.ReadingsRetention(
            readings, new(time), Options.Create(new GrainsOptions { ReadingsKeptDays = 400, RetentionEveryHours = 24 }), services.GetRequiredService<Observing.GrainMeters>());
        await retention.StartAsync(default);
        await TestSilo.UntilAsync(() => new(asked.Count == 1));
        time.Advance(TimeSpan.FromHours(23.9));
        Assert.Single(asked);
        time.Advance(TimeSpan.FromHours(0.1));
        await TestSilo.UntilAsync(() => new(asked.Count == 2));
        await retention.StopAsync(default);
        var start = new DateTimeOffset(2026, 11, 23, 4, 0, 0, TimeSpan.Zero).AddDays(-400);
        Assert.Equal([start.ToUnixTimeMilliseconds(), start.AddDays(1).ToUnixTimeMilliseconds()], asked);
    }

    [Fact]
    public async Task Snapshots_that_cannot_be_written_fail_no_message_and_lose_nothing()
    {
        var broken = new FaultySnapshots();
        await using var silo = await TestSilo.StartAsync(
            services => services.AddKeyedSingleton<IGrainStorage>(StateNames.Storage, broken),
            ("SnapshotEveryEntries", "16"), ("SnapshotEverySeconds", "0"), ("SnapshotOnSleepEntries", "1"));
        var town = await Town.BuildAsync(silo);
        var route = await town.MountAsync("d1", Town.B1);
        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(MessageFate.Accepted, await town.SendAsync(route, town.Telemetry(route, i, "m" + i)));
        }

        Assert.True(broken.Writes >= 2, "No snapshot was tried.");
        await silo.RestartAsync();
        var view = Town.Ok(await silo.Grains.Building(Town.Code, Town.B1).Get());
        Assert.Equal(99, view.Sensors[0].Values[0].Value);
        Assert.Equal(MessageFate.Duplicate, await town.SendAsync(route, town.Telemetry(route, 99, "m99") with { Fingerprint = 100 }));
    }
}
