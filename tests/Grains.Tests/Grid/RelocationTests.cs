using SmartCommunity.Domain.Alarms;
using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.Buildings;
using SmartCommunity.Domain.Commands;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Domain.Twins;
using SmartCommunity.Domain.Views;
using SmartCommunity.Grains.Directory;

namespace SmartCommunity.Grains.Tests.Grid;

public class RelocationTests
{
    private static readonly AreaCode North = AreaCode.Parse("340104003012003");
    private static readonly BuildingId Far = BuildingId.Parse("Far");

    [Fact]
    public async Task Unassigned_buildings_find_a_cell_that_is_imported_later_and_take_devices_and_alarms_along()
    {
        await using var silo = await TestSilo.StartAsync();
        var town = await Town.BuildAsync(silo, raiseAfterSeconds: 0);
        await FillAsync(town);
        await ImportAsync(town, North, 118.0);
        await SweepUntilAsync(silo, async () => (await BuildingAsync(silo, Far)).Cell == North);
        await AssertMovedAsync(silo);

        // Once more changes nothing: not the record, not the counters.
        var before = await BuildingAsync(silo, Far);
        silo.Time.Advance(TimeSpan.FromMinutes(2));
        await SweepUntilAsync(silo, async () => await DueAsync(silo) is null);
        Assert.Equal(before, await BuildingAsync(silo, Far));
    }

    /// <remarks>Seen to fail when the import's commit leaves the grid's row alone.</remarks>
    [Fact]
    public async Task A_stop_between_the_import_and_the_look_through_the_buildings_loses_nothing()
    {
        await using var silo = await TestSilo.StartAsync(("SweepEveryMs", "600000"));
        var town = await Town.BuildAsync(silo, raiseAfterSeconds: 0);
        await FillAsync(town);
        await ImportAsync(town, North, 118.0);
        Assert.Null((await BuildingAsync(silo, Far)).Cell);
        await silo.RestartAsync();
        Assert.Null((await BuildingAsync(silo, Far)).Cell);
        await SweepUntilAsync(silo, async () => (await BuildingAsync(silo, Far)).Cell == North);
        await AssertMovedAsync(silo);
    }

    [Fact]
    public async Task Buildings_of_a_redrawn_cell_move_to_their_new_cell_or_out_of_all()
    {
        await using var silo = await TestSilo.StartAsync();
        var town = await Town.BuildAsync(silo);
        var moved = await silo.Grains.Grid(Town.Code).Import(
            [new(1, Town.West.ToString(), "West", Town.Square(117.21)), new(2, Town.East.ToString(), "East", Town.Square(119.0))],
            WriteCondition.Upsert,
            town.By());
        Assert.Empty(moved.Refusals);
        await SweepUntilAsync(silo, async () => (await BuildingAsync(silo, Town.B2)).Cell == Town.West && (await BuildingAsync(silo, Town.B1)).Cell is null);
        var rollup = await silo.Get<IDirectory>().RollupAsync(Town.West, silo.Time.GetUtcNow(), default);
        Assert.Equal(1, rollup.Buildings);
    }

    /// <summary>The limit of one sweep: what goes beyond it is looked at in the next one.</summary>
    [Fact]
    public async Task More_buildings_than_one_sweep_asks_are_asked_in_the_next_ones()
    {
        await using var silo = await TestSilo.StartAsync(("SweepRowsMax", "2"), ("SweepParallelMax", "1"), ("SweepEveryMs", "600000"));
        var town = await Town.BuildAsync(silo);
        var ids = Enumerable.Range(0, 5).Select(i => BuildingId.Parse("F" + i)).ToArray();
        foreach (var id in ids)
        {
            Town.Ok(await silo.Grains.Building(Town.Code, id).Define(Town.Building(id, 118.005), WriteCondition.Create, town.By()));
        }

        await ImportAsync(town, North, 118.0);
        var grid = silo.Grains.Grid(Town.Code);
        var asked = new List<int>();
        for (var call = 0; call < 3; call++)
        {
            await grid.Relocate(silo.Time.GetUtcNow());
            asked.Add((await Task.WhenAll(ids.Select(id => BuildingAsync(silo, id)))).Count(b => b.Cell == North));
        }

        Assert.Equal([2, 4, 5], asked);
    }

    [Fact]
    public async Task A_building_that_cannot_be_read_keeps_no_other_waiting_and_the_look_is_taken_again()
    {
        await using var silo = await TestSilo.StartAsync(("SweepEveryMs", "600000"));
        var town = await Town.BuildAsync(silo, raiseAfterSeconds: 0);
        var sick = BuildingId.Parse("Alas");
        Town.Ok(await silo.Grains.Building(Town.Code, sick).Define(Town.Building(sick, 118.006), WriteCondition.Create, town.By()));
        await FillAsync(town);
        await ImportAsync(town, North, 118.0);
        await silo.RestartAsync();
        silo.Journal.Distort = entry => entry.Stream == "buildings/Alas" && entry.Type is not null ? entry with { Type = "from-the-future/9" } : entry;
        await Assert.ThrowsAnyAsync<Exception>(() => silo.Grains.Grid(Town.Code).Relocate(silo.Time.GetUtcNow()));
        Assert.Equal(North, (await BuildingAsync(silo, Far)).Cell);
        Assert.NotNull(await DueAsync(silo));

        silo.Journal.Distort = null;
        await silo.RestartAsync();
        await silo.Grains.Grid(Town.Code).Relocate(silo.Time.GetUtcNow());
        Assert.Equal(North, (await BuildingAsync(silo, sick)).Cell);
    }

    /// <summary>A building outside all cells with one online device and one open alarm.</summary>
    private static async Task FillAsync(Town town)
    {
        Town.Ok(await town.Silo.Grains.Building(Town.Code, Far).Define(Town.Building(Far, 118.005), WriteCondition.Create, town.By()));
        var route = await town.MountAsync("far-1", Far);
        Assert.Equal(MessageFate.Accepted, await town.SendAsync(route, town.Telemetry(route, 200, "m1")));
        Assert.Null((await BuildingAsync(town.Silo, Far)).Cell);
    }

    private static async Task ImportAsync(Town town, AreaCode cell, double west)
    {
        var import = await town.Silo.Grains.Grid(Town.Code).Import(
            [new(1, cell.ToString(), "North", Town.Square(west))], WriteCondition.Upsert, town.By());
        Assert.Empty(import.Refusals);
    }

    private static async Task AssertMovedAsync(TestSilo silo)
    {
        var directory = silo.Get<IDirectory>();
        var now = silo.Time.GetUtcNow();
        var there = await directory.RollupAsync(North, now, default);
        Assert.Equal((1L, 1L, 1L, 1L), (there.DevicesOnline, there.DevicesTotal, there.AlarmsWarning, there.Buildings));
        var all = await directory.RollupAsync(Town.Code, now, default);
        Assert.Equal((1L, 1L, 1L, 3L), (all.DevicesOnline, all.DevicesTotal, all.AlarmsWarning, all.Buildings));
        var device = Assert.Single(await silo.Store.ListAsync(new(Town.District, ViewKinds.Device, 10, North.ToString()), default));
        Assert.Equal("far-1", device.Id);
        Assert.Single((await directory.ListAsync<Alarm>(new(Town.District, 10, AreaPrefix: North.ToString()), default)).Items);
    }

    private static async Task<Building> BuildingAsync(TestSilo silo, BuildingId id) =>
        Town.Ok(await silo.Grains.Building(Town.Code, id).Get()).Building!;

    private static async Task<long?> DueAsync(TestSilo silo) => (await silo.Store.GetAsync(Town.District, ViewKinds.Grid, Town.District, default))!.DueMs;

    private static Task SweepUntilAsync(TestSilo silo, Func<Task<bool>> holds) => TestSilo.UntilAsync(async () =>
    {
        await silo.Grains.Sweeper(Town.Code).SweepDue();
        return await holds();
    });
}
