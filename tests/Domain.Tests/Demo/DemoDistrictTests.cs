using SmartCommunity.Domain.Cells;
using SmartCommunity.Domain.Commands;
using SmartCommunity.Domain.Demo;
using SmartCommunity.Domain.Devices;
using SmartCommunity.Domain.Districts;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Domain.OrgUnits;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Domain.Twins;
using SmartCommunity.Domain.Volunteers;
using SmartCommunity.Domain.Wire;

namespace SmartCommunity.Domain.Tests.Demo;

public class DemoDistrictTests
{
    private static readonly DemoDistrict Demo = DemoDistrict.Generate("secret");

    private static readonly CommandContext Context = new("system:demo", DateTimeOffset.UnixEpoch);

    [Fact]
    public void The_demo_has_the_announced_numbers() => Assert.Equal(
        (60, 240, 1200, 60, 108, true),
        (Demo.Areas.Length, Demo.Cells.Length, Demo.Buildings.Length, Demo.Volunteers.Length, Demo.OrgUnits.Length, Demo.Devices.Length is > 1_900 and < 2_300));

    [Fact]
    public void The_same_seed_gives_the_same_district_and_another_seed_another()
    {
        var again = DemoDistrict.Generate("secret");
        Assert.True(Demo.Buildings.SequenceEqual(again.Buildings));
        Assert.True(Demo.Devices.SequenceEqual(again.Devices));
        Assert.False(Demo.Buildings.SequenceEqual(DemoDistrict.Generate("secret", 7).Buildings));
    }

    [Fact]
    public void Every_decider_takes_the_demo_and_takes_it_again_without_an_event()
    {
        var state = DistrictState.Empty;
        Decide(DistrictDecider.Define(state, Demo.District, WriteCondition.Create, Context), ref state);
        foreach (var profile in Demo.Profiles)
        {
            Decide(DistrictDecider.DefineProfile(state, profile, WriteCondition.Upsert, Context), ref state);
            Assert.Empty(DistrictDecider.DefineProfile(state, profile, WriteCondition.Upsert, Context).Value!.Events);
        }

        foreach (var rule in Demo.Rules)
        {
            Decide(DistrictDecider.DefineRule(state, rule, WriteCondition.Upsert, Context), ref state);
            Assert.Empty(DistrictDecider.DefineRule(state, rule, WriteCondition.Upsert, Context).Value!.Events);
        }

        Assert.All(Demo.Volunteers, v => Assert.False(VolunteerDecider.Define(null, v, Demo.District.Code, WriteCondition.Create, Context).IsRefused));
        var units = Demo.OrgUnits.ToDictionary(u => u.Id);
        Assert.All(Demo.OrgUnits, u => Assert.Null(OrgUnitDecider.Define(
            null, u, u.Parent is { } p ? units[p] : null, Demo.District.Code, WriteCondition.Create, Context).Refusal));
    }

    [Fact]
    public void Cells_tile_without_overlap_or_gap_and_every_building_lies_in_its_cell()
    {
        var grid = Imported();
        Assert.Equal(240, grid.Cells.Count);
        var index = new GridIndex(grid.District, grid.Cells.Values, grid.Areas.Keys);
        Assert.All(Demo.Buildings, b => Assert.Equal(b.Cell, index.Locate(b.Location)));
        var again = GridDecider.Import(grid, Demo.Cells, WriteCondition.Upsert, Context);
        Assert.Equal((0, 0, 240), (again.Result.Created, again.Result.Changed, again.Result.Unchanged));
        Assert.Empty(again.Events);
    }

    [Fact]
    public void Device_ids_are_unique_and_their_tokens_are_derived()
    {
        Assert.Equal(Demo.Devices.Length, Demo.Devices.Select(d => d.Id).Distinct().Count());
        var device = Demo.Devices[0];
        var token = DemoTokens.Of("secret", device.Id);
        Assert.Equal(26, token.Length);
        Assert.Equal(TokenHash.Of(token), device.TokenHash);
        Assert.NotEqual(token, DemoTokens.Of("other", device.Id));
    }

    [Fact]
    public void Devices_and_buildings_are_taken_by_their_twins()
    {
        var catalogue = Demo.Profiles;
        var building = Demo.Buildings[0];
        var state = new TwinState(TwinKey.Of(building.Id), Demo.District.Code);
        var defined = TwinDecider.DefineBuilding(state, building, building.Cell, WriteCondition.Create, Context);
        state.Apply(Assert.Single(defined.Value!.Events).Event, 0, 0);
        foreach (var device in Demo.Devices.Where(d => d.Mount == state.Key))
        {
            var mounted = TwinDecider.DefineDevice(
                state, device, true, new(TimeZoneInfo.Utc, catalogue, []), WriteCondition.Create, Context);
            Assert.Null(mounted.Refusal);
            Assert.Equal(building.Cell, mounted.Value!.Result.Area);
        }
    }

    private static GridState Imported()
    {
        var grid = GridState.Empty(Demo.District.Code);
        foreach (var e in GridDecider.NameAreas(grid, Demo.Areas, WriteCondition.Upsert, Context).Value!.Events)
        {
            grid = GridDecider.Evolve(grid, e.Event);
        }

        var import = GridDecider.Import(grid, Demo.Cells, WriteCondition.Upsert, Context);
        Assert.Empty(import.Result.Refusals);
        Assert.Empty(import.Result.Warnings);
        foreach (var e in import.Events)
        {
            grid = GridDecider.Evolve(grid, EventCodec.Decode(EventCodec.NameOf(e.Event), EventCodec.Encode(e.Event)));
        }

        return grid;
    }

    private static void Decide<T>(Outcome<Decision<T>> outcome, ref DistrictState state)
        where T : class
    {
        Assert.Null(outcome.Refusal);
        foreach (var e in outcome.Value!.Events)
        {
            state = DistrictDecider.Evolve(state, e.Event);
        }
    }
}
