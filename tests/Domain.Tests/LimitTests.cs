using SmartCommunity.Domain.Alarms;
using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.Cells;
using SmartCommunity.Domain.Commands;
using SmartCommunity.Domain.Devices;
using SmartCommunity.Domain.Districts;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Domain.Tests.Twins;
using SmartCommunity.Domain.Twins;
using SmartCommunity.Domain.Volunteers;

namespace SmartCommunity.Domain.Tests;

/// <summary>Limits of the domain, each at the limit and one beyond it.</summary>
public class LimitTests
{
    private static readonly AreaCode District = AreaCode.Parse("340104");
    private static readonly CommandContext Context = new("key:test", DateTimeOffset.UnixEpoch);

    [Fact]
    public void A_twin_holds_ten_thousand_devices()
    {
        Assert.Equal(10_000, Limits.DevicesPerTwinMax);
        var world = new TwinWorld();
        var area = TwinWorld.Cell;
        for (var i = world.State.DeviceCount; i < Limits.DevicesPerTwinMax - 1; i++)
        {
            world.State.Apply(new DeviceMounted(Device("n" + i, area)), 0, 0);
        }

        world.Do(Mount(world, "last"));
        Assert.Equal(Limits.DevicesPerTwinMax, world.State.DeviceCount);
        Assert.Equal(RefusalCode.TooLarge, Mount(world, "beyond").Refusal?.Code);
    }

    [Theory]
    [InlineData(Limits.CellsPerImportMax, false)]
    [InlineData(Limits.CellsPerImportMax + 1, true)]
    public void An_import_holds_ten_thousand_cells(int count, bool isRefused)
    {
        var check = CellImport.Check(District, [.. Enumerable.Range(1, count).Select(row => new CellDraft(row, "none", "c", []))], [], _ => true);
        Assert.Equal(isRefused ? [0] : Enumerable.Range(1, count), check.Refusals.Select(r => r.Row));
        Assert.Equal(isRefused ? RefusalCode.TooLarge : RefusalCode.Malformed, check.Refusals[0].Refusal.Code);
    }

    [Theory]
    [InlineData(Limits.AreasPerCallMax, null)]
    [InlineData(Limits.AreasPerCallMax + 1, RefusalCode.TooLarge)]
    public void A_call_names_a_thousand_areas(int count, RefusalCode? refusal)
    {
        // One street, all of its communities, and further streets.
        string[] codes = ["340104001", .. Enumerable.Range(1, 999).Select(i => $"340104001{i:000}"), .. Enumerable.Range(2, 9).Select(i => $"340104{i:000}")];
        var areas = codes.Take(count).Select(code => new AreaName(AreaCode.Parse(code), "a", 0)).ToArray();
        var named = GridDecider.NameAreas(GridState.Empty(District), areas, WriteCondition.Upsert, Context);
        Assert.Equal((count, refusal), (areas.Length, named.Refusal?.Code));
    }

    [Theory]
    [InlineData(Limits.RingsPerCellMax, false)]
    [InlineData(Limits.RingsPerCellMax + 1, true)]
    public void A_cell_has_at_most_64_rings(int rings, bool isRefused)
    {
        var outer = TwinWorld.Square(117.2, 31.8, 0.1);
        var holes = Enumerable.Range(0, rings - 1).Select(i => TwinWorld.Square(117.201 + (i % 10 * 0.005), 31.801 + (i / 10 * 0.005), 0.002));
        var check = CellImport.Check(District, [new(1, "340104001001001", "c", [outer, .. holes])], [], _ => true);
        Assert.Equal(isRefused, check.Refusals.Length > 0);
    }

    [Theory]
    [InlineData(Limits.ReportEvidenceMax, MessageFate.Accepted)]
    [InlineData(Limits.ReportEvidenceMax + 1, MessageFate.Quarantined)]
    public void A_report_has_at_most_20_pieces_of_evidence(int count, MessageFate fate)
    {
        var evidence = string.Join(',', Enumerable.Range(0, count).Select(i => $$"""{"uri":"https://example.org/{{i}}"}"""));
        Assert.Equal(fate, Report($$"""{"id":"r","class":"02.03","text":"x","evidence":[{{evidence}}]}"""));
    }

    [Theory]
    [InlineData(Limits.ReportTextCharsMax, MessageFate.Accepted)]
    [InlineData(Limits.ReportTextCharsMax + 1, MessageFate.Quarantined)]
    public void A_report_s_text_has_at_most_4000_characters(int chars, MessageFate fate) =>
        Assert.Equal(fate, Report($$"""{"id":"r","class":"02.03","text":"{{new string('灯', chars)}}"}"""));

    [Theory]
    [InlineData(Limits.EvidenceUriCharsMax, MessageFate.Accepted)]
    [InlineData(Limits.EvidenceUriCharsMax + 1, MessageFate.Quarantined)]
    public void A_link_has_at_most_2000_characters(int chars, MessageFate fate) =>
        Assert.Equal(fate, Report($$"""{"id":"r","class":"02.03","text":"x","evidence":[{"uri":"{{"https://e.org/".PadRight(chars, 'x')}}"}]}"""));

    [Theory]
    [InlineData(Limits.NoteCharsMax, null)]
    [InlineData(Limits.NoteCharsMax + 1, RefusalCode.TooLarge)]
    public void A_note_on_an_alarm_has_at_most_a_thousand_characters(int chars, RefusalCode? refusal)
    {
        var world = new TwinWorld(TwinWorld.Rule with { Steps = [new(AlarmLevel.Notice, 75, 0)] });
        world.Send(TwinWorld.Telemetry(TwinWorld.Start, 100, "m1"));
        var alarm = Assert.Single(world.State.Alarms);
        var note = new string('n', chars);
        Assert.Equal(refusal, TwinDecider.AcknowledgeAlarm(world.State, alarm.Id, note, world.Catalogue, TwinWorld.Context(TwinWorld.Start)).Refusal?.Code);
        Assert.Equal(refusal, TwinDecider.CloseAlarm(world.State, alarm.Id, note, world.Catalogue, TwinWorld.Context(TwinWorld.Start)).Refusal?.Code);
    }

    [Theory]
    [InlineData(0, ReadingFlags.None)]
    [InlineData(1, ReadingFlags.ClockSuspect)]
    public void A_time_more_than_366_days_back_is_stored_and_flagged(int beyondMs, ReadingFlags flags)
    {
        var world = new TwinWorld();
        world.Send(TwinWorld.Telemetry(TwinWorld.Start, 1, "m1", TwinWorld.Start - Limits.ClockBehindMsMax - beyondMs));
        Assert.Equal(flags, Assert.Single(world.Readings).Flags);
    }

    [Theory]
    [InlineData(Limits.NameCharsMax, null)]
    [InlineData(Limits.NameCharsMax + 1, RefusalCode.TooLarge)]
    public void A_name_has_at_most_200_characters(int chars, RefusalCode? refusal) => Assert.Equal(
        refusal,
        DistrictDecider.Define(DistrictState.Empty, new(District, new string('区', chars), "Asia/Shanghai", null, 0), WriteCondition.Create, Context).Refusal?.Code);

    [Theory]
    [InlineData(Limits.SkillsMax, Limits.SkillCharsMax, null)]
    [InlineData(Limits.SkillsMax + 1, Limits.SkillCharsMax, RefusalCode.TooLarge)]
    [InlineData(Limits.SkillsMax, Limits.SkillCharsMax + 1, RefusalCode.TooLarge)]
    public void A_volunteer_has_at_most_32_skills_of_40_characters(int skills, int chars, RefusalCode? refusal)
    {
        var names = Enumerable.Range(0, skills).Select(i => i.ToString("00", null).PadRight(chars, 's')).ToArray();
        var volunteer = new Volunteer(VolunteerId.Parse("v1"), "王", "+86138", names, AreaCode.Parse("340104001001"), true, null, 0);
        Assert.Equal(refusal, VolunteerDecider.Define(null, volunteer, District, WriteCondition.Create, Context).Refusal?.Code);
    }

    [Theory]
    [InlineData(Limits.StepsPerRuleMax, false)]
    [InlineData(Limits.StepsPerRuleMax + 1, true)]
    public void A_rule_has_at_most_three_steps(int steps, bool isRefused)
    {
        var opened = DistrictDecider.Define(DistrictState.Empty, new(District, "d", "Asia/Shanghai", null, 0), WriteCondition.Create, Context).Value!;
        var state = DistrictDecider.Evolve(DistrictState.Empty, opened.Events[0].Event);
        state = DistrictDecider.Evolve(state, DistrictDecider.DefineProfile(state, TwinWorld.Environment, WriteCondition.Create, Context).Value!.Events[0].Event);
        AlarmStep[] all = [new(AlarmLevel.Notice, 75, 60), new(AlarmLevel.Warning, 115, 60), new(AlarmLevel.Critical, 150, 60), new(AlarmLevel.Critical, 200, 60)];
        var defined = DistrictDecider.DefineRule(state, TwinWorld.Rule with { Steps = all[..steps] }, WriteCondition.Create, Context);
        Assert.Equal(isRefused, defined.IsRefused);
    }

    private static MessageFate Report(string body) => new TwinWorld().Send(TwinWorld.Other(MessageKind.Report, TwinWorld.Start, body, "r")).Fate;

    private static Device Device(string id, AreaCode area) =>
        new(DeviceId.Parse(id), id, TwinWorld.Profile, TwinKey.Of(TwinWorld.Cell), area, false, TokenHash.Of(id), 1);

    private static Outcome<Decision<Device>> Mount(TwinWorld world, string id) => TwinDecider.DefineDevice(
        world.State, Device(id, TwinWorld.Cell), true, world.Catalogue, WriteCondition.Create, TwinWorld.Context(TwinWorld.Start));
}
