using SmartCommunity.Domain.Ids;
using SmartCommunity.Domain.Twins;
using SmartCommunity.Domain.Wire;
using SmartCommunity.Grains.Ingest;
using SmartCommunity.Grains.Streams;
using SmartCommunity.Grains.Twins;
using SmartCommunity.Storage;

namespace SmartCommunity.Grains.Tests.Twins;

public class PastTests
{
    private const int Questions = 1_000;

    /// <remarks>Seen to fail when the newest mark is taken whatever its record time.</remarks>
    [Fact]
    public async Task The_past_equals_a_replay_of_the_log_for_a_thousand_random_instants_with_snapshots_in_between()
    {
        await using var silo = await TestSilo.StartAsync(
            ("SnapshotEveryEntries", "16"), ("SnapshotEverySeconds", "0"), ("SnapshotMarksMax", "8"), ("SnapshotOnSleepEntries", "1"));
        var town = await Town.BuildAsync(silo);
        var random = new Random(20261123);
        var start = silo.Time.GetUtcNow();
        DeviceRoute[] routes = [await town.MountAsync("d1", Town.B1), await town.MountAsync("d2", Town.B1), await town.MountAsync("d3", Town.B2)];
        for (var step = 0; step < 600; step++)
        {
            await StepAsync(town, random, routes);
            if (step is 200 or 400)
            {
                await silo.RestartAsync();
            }
        }

        var logs = new Dictionary<TwinKey, List<JournalEntry>>();
        foreach (var building in new[] { Town.B1, Town.B2 })
        {
            logs[TwinKey.Of(building)] = await silo.Store.ReadStreamAsync(new(Town.District, TwinKey.Of(building).ToString()), 0, default).ToListAsync();
        }

        var marks = 0;
        for (var question = 0; question < Questions; question++)
        {
            var twin = TwinKey.Of(random.Next(2) == 0 ? Town.B1 : Town.B2);
            var log = logs[twin];
            var instant = random.Next(4) == 0
                ? DateTimeOffset.FromUnixTimeMilliseconds(log[random.Next(log.Count)].RecordedMs)
                : start.AddMilliseconds(random.NextDouble() * (silo.Time.GetUtcNow() - start).TotalMilliseconds * 1.05);
            var seen = await silo.Grains.Twin(Town.Code, twin).GetAt(instant);
            var replayed = Replay(twin, log, instant.ToUnixTimeMilliseconds());
            Assert.Equal(replayed is null, seen.IsRefused);
            Assert.Equal(replayed ?? string.Empty, seen.IsRefused ? string.Empty : Text(seen.Value));
            marks += seen.IsRefused ? 0 : 1;
        }

        Assert.True(marks > Questions / 2);
        Assert.True(await MarksAsync(silo) >= 4, "No old snapshot was there to read.");
    }

    private static async Task StepAsync(Town town, Random random, DeviceRoute[] routes)
    {
        var route = routes[random.Next(routes.Length)];
        switch (random.Next(10))
        {
            case 0:
                town.Silo.Time.Advance(TimeSpan.FromSeconds(random.Next(1, 200)));
                await town.Silo.Grains.Sweeper(Town.Code).SweepDue();
                break;
            case 1:
                await town.SendAsync(route, town.Telemetry(route, random.Next(5_000), null));
                break;
            default:
                town.Silo.Time.Advance(TimeSpan.FromMilliseconds(random.Next(3) * 700));
                var late = TimeSpan.FromSeconds(random.Next(5) == 0 ? random.Next(100) : 0);
                await town.SendAsync(route, town.Telemetry(route, random.Next(700), null, town.Silo.Time.GetUtcNow() - late));
                break;
        }
    }

    private static string? Replay(TwinKey key, List<JournalEntry> log, long untilMs)
    {
        var state = new TwinState(key, Town.Code);
        foreach (var entry in log.Where(entry => entry.RecordedMs <= untilMs))
        {
            if (entry.Type is { } type)
            {
                state.Apply(EventCodec.Decode(type, entry.Body.Span), entry.AtMs, entry.RecordedMs);
            }
            else
            {
                state.Apply(TwinReadings.Of(entry));
            }
        }

        return state.Building is null ? null : Text(state.ToView());
    }

    private static string Text(TwinView view) => System.Text.Encoding.UTF8.GetString(RecordCodec.Encode(view));

    private static async Task<int> MarksAsync(TestSilo silo)
    {
        var storage = silo.Get<StreamRoom>().Snapshots;
        var id = silo.Grains.Building(Town.Code, Town.B1).GetGrainId();
        var found = new GrainState<StreamSnapshot>(new());
        await storage.ReadStateAsync(StateNames.Building, id, found);
        return found.State?.Marks.Length ?? 0;
    }
}
