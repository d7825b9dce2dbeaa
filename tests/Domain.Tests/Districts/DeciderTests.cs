using SmartCommunity.Domain.Alarms;
using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.Buildings;
using SmartCommunity.Domain.Commands;
using SmartCommunity.Domain.Devices;
using SmartCommunity.Domain.Districts;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Domain.OrgUnits;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Domain.Tests.Twins;
using SmartCommunity.Domain.Twins;
using SmartCommunity.Domain.Views;
using SmartCommunity.Domain.Volunteers;

namespace SmartCommunity.Domain.Tests.Districts;

public class DeciderTests
{
    private static readonly AreaCode Code = AreaCode.Parse("340104");
    private static readonly CommandContext Context = new("key:test", DateTimeOffset.UnixEpoch, "r1");
    private static readonly District District = new(Code, "蜀山区", "Asia/Shanghai", null, 0);

    private static readonly Volunteer Volunteer = new(
        VolunteerId.Parse("v-1"), "王建国", "+86138", ["first-aid"], AreaCode.Parse("340104001001"), true, null, 0);

    private static readonly Building Building = new(BuildingId.Parse("B1"), "1号楼", "", new(117.2, 31.8), null, 18, 72, null, 0);

    [Fact]
    public void Create_update_and_upsert_find_what_they_expect()
    {
        var opened = DistrictDecider.Define(DistrictState.Empty, District, WriteCondition.Create, Context).Value!;
        var state = DistrictDecider.Evolve(DistrictState.Empty, Assert.Single(opened.Events).Event);
        Assert.Equal(1, state.District!.Revision);
        Assert.Equal(RefusalCode.AlreadyExists, DistrictDecider.Define(state, District, WriteCondition.Create, Context).Refusal!.Code);
        Assert.Equal(RefusalCode.Stale, DistrictDecider.Define(state, District, WriteCondition.Update(7), Context).Refusal!.Code);
        Assert.Equal(RefusalCode.NotFound, DistrictDecider.Define(DistrictState.Empty, District, WriteCondition.Update(null), Context).Refusal!.Code);
        Assert.Empty(DistrictDecider.Define(state, District, WriteCondition.Upsert, Context).Value!.Events);
        var renamed = DistrictDecider.Define(state, District with { Name = "Shushan" }, WriteCondition.Update(1), Context).Value!;
        Assert.IsType<DistrictChanged>(Assert.Single(renamed.Events).Event);
        Assert.Equal(2, renamed.Result.Revision);
    }

    [Fact]
    public void A_dry_run_answers_as_if_written_and_writes_nothing()
    {
        var dry = DistrictDecider.Define(DistrictState.Empty, District, new() { DryRun = true }, Context).Value!;
        Assert.Equal(1, dry.Result.Revision);
        Assert.Empty(dry.Events);
        Assert.Empty(dry.Effects.Rows);
    }

    [Theory]
    [InlineData("Asia/Shanghai", 200, null)]
    [InlineData("Asia/Shanghai", 201, RefusalCode.TooLarge)]
    [InlineData("Mars/Olympus", 5, RefusalCode.Malformed)]
    [InlineData("", 5, RefusalCode.Malformed)]
    [InlineData("Asia/Shanghai", 0, RefusalCode.Missing)]
    public void A_district_has_a_name_and_a_known_zone(string zone, int chars, RefusalCode? code) => Assert.Equal(
        code,
        DistrictDecider.Define(DistrictState.Empty, District with { TimeZone = zone, Name = new('名', chars) }, WriteCondition.Create, Context).Refusal?.Code);

    public static TheoryData<string, AlarmRule, RefusalCode?> Rules
    {
        get
        {
            var good = TwinWorld.Rule;
            AlarmStep notice = good.Steps[0], warning = good.Steps[1];
            return new()
            {
                { "good", good, null },
                { "other metric", good with { Metric = "co2" }, RefusalCode.UnknownMetric },
                { "no step", good with { Steps = [] }, RefusalCode.Missing },
                { "descending", good with { Steps = [warning, notice] }, RefusalCode.OutOfRange },
                { "thresholds cross", good with { Steps = [notice, warning with { Threshold = 70 }] }, RefusalCode.OutOfRange },
                { "below ascends", good with { Comparison = Comparison.Below }, RefusalCode.OutOfRange },
                { "not a number", good with { Steps = [notice with { Threshold = double.NaN }] }, RefusalCode.OutOfRange },
                { "four steps", good with { Steps = [notice, warning, warning, warning] }, RefusalCode.TooLarge },
                { "down after close", good with { DowngradeAfterSeconds = 300 }, RefusalCode.OutOfRange },
                { "no step down", good with { DowngradeAfterSeconds = 0 }, null },
                { "hysteresis", good with { Hysteresis = -1 }, RefusalCode.OutOfRange },
                { "longest", good with { CloseAfterSeconds = Limits.DurationSecondsMax }, null },
                { "too long", good with { CloseAfterSeconds = Limits.DurationSecondsMax + 1 }, RefusalCode.OutOfRange },
                { "empty calendar", good with { Calendar = new([], 5, 5) }, RefusalCode.OutOfRange },
                { "day twice", good with { Calendar = new([DayOfWeek.Monday, DayOfWeek.Monday], 0, 5) }, RefusalCode.Malformed },
            };
        }
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void A_rule_is_checked(string what, AlarmRule rule, RefusalCode? code)
    {
        var state = Opened();
        state = DistrictDecider.Evolve(state, DistrictDecider.DefineProfile(state, TwinWorld.Environment, WriteCondition.Create, Context).Value!.Events[0].Event);
        Assert.True(code == DistrictDecider.DefineRule(state, rule, WriteCondition.Create, Context).Refusal?.Code, what);
    }

    [Theory]
    [InlineData(Limits.MetricsPerProfileMax, null)]
    [InlineData(Limits.MetricsPerProfileMax + 1, RefusalCode.TooLarge)]
    public void A_profile_has_so_many_metrics(int count, RefusalCode? code)
    {
        var profile = TwinWorld.Environment with { Metrics = [.. Enumerable.Range(0, count).Select(i => new Metric("m" + i, "1", 0, 1))] };
        Assert.Equal(code, DistrictDecider.DefineProfile(Opened(), profile, WriteCondition.Create, Context).Refusal?.Code);
    }

    [Fact]
    public void A_profile_keeps_the_metric_that_a_rule_watches()
    {
        var state = Opened();
        state = DistrictDecider.Evolve(state, new ProfileDefined(TwinWorld.Environment));
        state = DistrictDecider.Evolve(state, new RuleDefined(TwinWorld.Rule));
        var without = TwinWorld.Environment with { Metrics = [TwinWorld.Environment.Metrics[1]] };
        Assert.Equal(RefusalCode.WrongState, DistrictDecider.DefineProfile(state, without, WriteCondition.Upsert, Context).Refusal!.Code);
    }

    [Fact]
    public void An_api_key_is_kept_as_its_hash_and_no_longer_found_after_its_end()
    {
        var state = Opened();
        var issued = DistrictDecider.IssueApiKey(state, "k1", new('a', 64), "app", Context).Value!;
        Assert.Equal(new LookupEntry(LookupScopes.ApiKey, new('a', 64), ViewKinds.ApiKey, "k1"), Assert.Single(issued.Effects.Lookups));
        state = DistrictDecider.Evolve(state, issued.Events[0].Event);
        Assert.Equal(RefusalCode.Malformed, DistrictDecider.IssueApiKey(state, "k2", "plain key", "app", Context).Refusal!.Code);
        var revoked = DistrictDecider.RevokeApiKey(state, "k1", Context).Value!;
        Assert.Null(Assert.Single(revoked.Effects.Lookups).Id);
        Assert.Empty(DistrictDecider.RevokeApiKey(DistrictDecider.Evolve(state, revoked.Events[0].Event), "k1", Context).Value!.Events);
    }

    [Fact]
    public void Units_stand_in_three_tiers()
    {
        var street = new OrgUnit(OrgUnitId.Parse("s"), OrgTier.StreetCommittee, "街道", AreaCode.Parse("340104001"), null, 0);
        var community = new OrgUnit(OrgUnitId.Parse("c"), OrgTier.CommunityCommittee, "社区", AreaCode.Parse("340104001001"), street.Id, 0);
        var branch = new OrgUnit(OrgUnitId.Parse("b"), OrgTier.Branch, "支部", AreaCode.Parse("340104001001001"), community.Id, 0);
        Assert.Null(Define(street, null));
        Assert.Null(Define(community, street));
        Assert.Null(Define(branch, community));
        Assert.Equal(RefusalCode.WrongParent, Define(branch, street with { Id = community.Id }));
        Assert.Equal(RefusalCode.WrongParent, Define(community, null));
        Assert.Equal(RefusalCode.WrongParent, Define(community with { Area = AreaCode.Parse("340104002001") }, street));
        Assert.Equal(RefusalCode.WrongParent, Define(street with { Area = community.Area }, null));
        Assert.Equal(RefusalCode.WrongParent, Define(street with { Area = AreaCode.Parse("340103001") }, null));

        static RefusalCode? Define(OrgUnit unit, OrgUnit? parent) =>
            OrgUnitDecider.Define(null, unit, parent, Code, WriteCondition.Create, Context).Refusal?.Code;
    }

    [Fact]
    public void On_duty_counts_where_the_volunteer_is()
    {
        var defined = VolunteerDecider.Define(null, Volunteer, Code, WriteCondition.Create, Context).Value!.Result;
        var cell = AreaCode.Parse("340104001001001");
        var on = VolunteerDecider.ReportPresence(defined, true, new(117.2, 31.8), cell, Context).Value!;
        Assert.Equal(new CounterDelta(cell.ToString(), CounterNames.VolunteersOnDuty, 1), Assert.Single(on.Effects.Counters));
        Assert.Empty(VolunteerDecider.ReportPresence(on.Result, true, new(117.2, 31.8), cell, Context).Value!.Events);
        var off = VolunteerDecider.ReportPresence(on.Result, false, null, null, Context).Value!;
        Assert.Equal(new CounterDelta(cell.ToString(), CounterNames.VolunteersOnDuty, -1), Assert.Single(off.Effects.Counters));
        Assert.Equal(RefusalCode.NotFound, VolunteerDecider.ReportPresence(null, true, null, null, Context).Refusal!.Code);
    }

    [Fact]
    public void What_hangs_on_a_building_moves_with_it_to_another_cell()
    {
        var catalogue = new TwinWorld().Catalogue;
        var (one, two) = (AreaCode.Parse("340104001001001"), AreaCode.Parse("340104001001002"));
        var state = new TwinState(TwinKey.Of(Building.Id), Code);
        Apply(TwinDecider.DefineBuilding(state, Building, one, WriteCondition.Create, Context));
        var device = new Device(TwinWorld.D1, "烟感", TwinWorld.Profile, state.Key, one, false, new('a', 64), 0);
        Apply(TwinDecider.DefineDevice(state, device, true, catalogue, WriteCondition.Create, Context));
        var moved = TwinDecider.DefineBuilding(state, Building, two, WriteCondition.Upsert, Context).Value!;
        Assert.Equal(
            [new(one.ToString(), "buildings", -1), new(two.ToString(), "buildings", 1), new(one.ToString(), "devices.total", -1), new(two.ToString(), "devices.total", 1)],
            moved.Effects.Counters);
        Apply<Building>(moved);
        Assert.Equal(two, state.Find(TwinWorld.D1)!.Device.Area);

        void Apply<T>(Outcome<Decision<T>> outcome)
            where T : class
        {
            Assert.Null(outcome.Refusal);
            outcome.Value!.Events.ForEach(e => state.Apply(e.Event, e.AtMs, e.RecordedMs));
        }
    }

    [Fact]
    public void A_device_keeps_its_mount_and_its_end_is_for_good()
    {
        var world = new TwinWorld();
        var device = world.State.Find(TwinWorld.D1)!.Device;
        Assert.Equal(RefusalCode.Immutable, Define(device with { Mount = TwinKey.Of(Building.Id) }));
        Assert.Equal(RefusalCode.AlreadyExists, TwinDecider.DefineDevice(world.State, device, true, world.Catalogue, WriteCondition.Create, Context).Refusal!.Code);
        Assert.Equal(RefusalCode.NotFound, Define(device with { Profile = ProfileId.Parse("nothing") }));
        Assert.Null(Define(device with { TokenHash = string.Empty }));
        world.Do(TwinDecider.ReplaceCredential(world.State, device.Id, new(new('b', 64)), Context));
        Assert.Equal(new string('b', 64), world.State.Find(device.Id)!.Device.TokenHash);
        world.Do(TwinDecider.RevokeDevice(world.State, device.Id, world.Catalogue, Context));
        Assert.Equal(RefusalCode.WrongState, Define(device));
        Assert.Equal(RefusalCode.WrongState, TwinDecider.ReplaceCredential(world.State, device.Id, new(new('c', 64)), Context).Refusal!.Code);

        RefusalCode? Define(Device wanted) =>
            TwinDecider.DefineDevice(world.State, wanted, true, world.Catalogue, WriteCondition.Upsert, Context).Refusal?.Code;
    }

    [Theory]
    [InlineData("2026-11-22T15:59:59Z", "reports.2026-11-22")]
    [InlineData("2026-11-22T16:00:00Z", "reports.2026-11-23")]
    public void A_day_of_reports_is_the_districts_own(string at, string name) => Assert.Equal(
        name,
        CounterNames.Reports(
            DateTimeOffset.Parse(at, System.Globalization.CultureInfo.InvariantCulture), TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai")));

    private static DistrictState Opened() => DistrictDecider.Evolve(DistrictState.Empty, new DistrictOpened(District with { Revision = 1 }));
}
