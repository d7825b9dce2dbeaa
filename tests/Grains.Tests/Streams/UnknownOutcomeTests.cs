using SmartCommunity.Domain.Commands;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Domain.Reports;
using SmartCommunity.Domain.Twins;
using SmartCommunity.Domain.Volunteers;
using SmartCommunity.Grains.Directory;
using SmartCommunity.Grains.Ingest;
using SmartCommunity.Storage;

namespace SmartCommunity.Grains.Tests.Streams;

/// <summary>A commit that was done though its caller was told that it failed: whoever repeats what was not answered loses nothing and does nothing twice.</summary>
public class UnknownOutcomeTests
{
    private const int Messages = 150;
    private const int ReportEvery = 10;

    private static readonly VolunteerId V1 = VolunteerId.Parse("v1");

    // Seen to fail when AppendAsync holds on to its epoch and version after a failed commit.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_repeated_command_is_answered_as_if_the_first_answer_had_come(bool afterRestart)
    {
        await using var silo = await TestSilo.StartAsync();
        var town = await Town.BuildAsync(silo);
        silo.Journal.LosesAnswers = true;
        await Assert.ThrowsAnyAsync<StoreUnavailableException>(() => silo.Grains.Volunteer(Town.Code, V1).Define(Wang, WriteCondition.Create, town.By("r1")));
        silo.Journal.LosesAnswers = false;
        if (afterRestart)
        {
            await silo.RestartAsync();
        }

        var again = Town.Ok(await silo.Grains.Volunteer(Town.Code, V1).Define(Wang, WriteCondition.Create, town.By("r1")));
        Assert.Equal(("王芳", 1), (again.Name, again.Revision));
        Assert.Equal(1, await EventsAsync(silo, $"volunteers/{V1}"));
        Town.Ok(await silo.Grains.Volunteer(Town.Code, V1).Define(Wang with { Name = "王方" }, WriteCondition.Update(null), town.By("r2")));
        Assert.Equal(2, await EventsAsync(silo, $"volunteers/{V1}"));
    }

    // Seen to fail when AppendAsync holds on to its epoch and version after a failed commit.
    [Theory]
    [InlineData(1)]
    [InlineData(20261123)]
    public async Task Devices_that_repeat_what_was_not_acknowledged_lose_nothing_and_do_nothing_twice(int seed)
    {
        await using var silo = await TestSilo.StartAsync(("SnapshotEveryEntries", "16"), ("SnapshotEverySeconds", "0"));
        var town = await Town.BuildAsync(silo);
        DeviceRoute[] routes = [await town.MountAsync("d1", Town.B1), await town.MountAsync("d2", Town.B1), await town.MountAsync("d3", Town.B2)];
        var random = new Random(seed);
        var (failed, unknown) = (0, 0);
        silo.Journal.Roll = () =>
        {
            lock (random)
            {
                var fault = random.Next(4) switch { 0 => CommitFault.Fails, 1 => CommitFault.LosesItsAnswer, _ => CommitFault.None };
                failed += fault == CommitFault.Fails ? 1 : 0;
                unknown += fault == CommitFault.LosesItsAnswer ? 1 : 0;
                return fault;
            }
        };
        await Task.WhenAll(routes.Select(r => RepeatAsync(town, r)));
        silo.Journal.Roll = null;
        Assert.True(failed > 20 && unknown > 20, $"seed {seed}: {failed} commits failed, the outcome of {unknown} was not known");

        await CheckAsync(silo, routes);
        var hash = await silo.Get<IDirectory>().StateHashAsync(Town.District, default);
        await silo.RestartAsync();
        await CheckAsync(silo, routes);
        Assert.Equal(hash.Hash, (await silo.Get<IDirectory>().StateHashAsync(Town.District, default)).Hash);
    }

    /// <summary>Each message until it is acknowledged, then the next: as a device with one in flight.</summary>
    private static async Task RepeatAsync(Town town, DeviceRoute route)
    {
        for (var i = 0; i < Messages; i++)
        {
            var name = $"{route.Device}-{i:d3}";
            var message = i % ReportEvery == 0 ? town.Report(route, name, Town.West) : town.Telemetry(route, i % 90, name);
            while (await town.SendAsync(route, message) is null)
            {
                // Not acknowledged: sent again.
            }
        }
    }

    private static async Task CheckAsync(TestSilo silo, DeviceRoute[] routes)
    {
        foreach (var route in routes)
        {
            var range = await silo.Store.RangeAsync(new(Town.District, route.Device.ToString(), null, 0, long.MaxValue, 2_000), default);
            var expected = Enumerable.Range(0, Messages).Where(i => i % ReportEvery != 0).Select(i => $"{route.Device}-{i:d3}");
            Assert.Equal(expected, range.OrderBy(r => r.Position).Select(r => r.Message));
        }

        const int Reports = Messages / ReportEvery * 3;
        Assert.Equal(Reports, (await silo.Get<IDirectory>().ListAsync<Report>(new(Town.District, 1_000), default)).Items.Count);
        Assert.Equal(Reports, (await silo.Get<IDirectory>().RollupAsync(Town.Code, silo.Time.GetUtcNow(), default)).ReportsToday);
    }

    private static async Task<int> EventsAsync(TestSilo silo, string stream)
    {
        var events = 0;
        await foreach (var entry in silo.Store.ReadStreamAsync(new(Town.District, stream), 0, default))
        {
            events += entry.Type is null ? 0 : 1;
        }

        return events;
    }

    private static Volunteer Wang => new(V1, "王芳", "13900000000", ["first-aid"], Town.West, true, null, 0);
}
