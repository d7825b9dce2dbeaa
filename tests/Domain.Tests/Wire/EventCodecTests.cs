using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using SmartCommunity.Domain.Alarms;
using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.Buildings;
using SmartCommunity.Domain.Cells;
using SmartCommunity.Domain.DeviceCommands;
using SmartCommunity.Domain.Devices;
using SmartCommunity.Domain.Districts;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Domain.OrgUnits;
using SmartCommunity.Domain.Quarantine;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Domain.Reports;
using SmartCommunity.Domain.Twins;
using SmartCommunity.Domain.Volunteers;
using SmartCommunity.Domain.Webhooks;
using SmartCommunity.Domain.Wire;

namespace SmartCommunity.Domain.Tests.Wire;

/// <summary>The golden bytes of every event. A line of <c>golden.txt</c> is never changed: another shape is another version.</summary>
public partial class EventCodecTests
{
    private static readonly DateTimeOffset At = DateTimeOffset.FromUnixTimeMilliseconds(1_763_856_000_123);
    private static readonly AreaCode Cell = AreaCode.Parse("340104001001001");
    private static readonly DeviceId D = DeviceId.Parse("smoke-1");
    private static readonly RuleId R = RuleId.Parse("smoke");
    private static readonly AlarmId A = AlarmId.Parse("019aaf9c3c7b-0123456789abcdef");
    private static readonly ProfileId P = ProfileId.Parse("smoke");
    private static readonly WebhookId W = WebhookId.Parse("crm");

    public static IEnumerable<DomainEvent> Samples()
    {
        var code = AreaCode.Parse("340104");
        var district = new District(code, "蜀山区", "Asia/Shanghai", new(117.2, 31.83), 1);
        var alarm = new Alarm(
            A, R, D, "smoke", TwinKey.Of(BuildingId.Parse("B1")), Cell, AlarmLevel.Warning, AlarmLevel.Critical, 21.5, At, At, "key:1", At, "rule", At, "处理了", 3);
        var device = new Device(D, "1号楼烟感", P, TwinKey.Of(BuildingId.Parse("B1")), Cell, false, new('a', 64), 2);
        yield return new DistrictOpened(district);
        yield return new DistrictChanged(district with { Centre = null, Revision = 2 });
        yield return new ProfileDefined(new(P, "烟感", [new("smoke", "%", 0, 100)], 600, 1));
        yield return new RuleDefined(new(
            R, "烟雾", P, "smoke", Comparison.Above, [new(AlarmLevel.Warning, 8, 60)], 2, 120, 300, new([DayOfWeek.Monday], 1320, 360), true, 1));
        yield return new ApiKeyIssued("k1", new('b', 64), "app");
        yield return new ApiKeyRevoked("k1");
        yield return new AreaNamed(new(AreaCode.Parse("340104001"), "三里庵街道", 1));
        yield return new CellDefined(new(Cell, "第一网格", [[new(117.2, 31.8), new(117.3, 31.8), new(117.3, 31.9), new(117.2, 31.8)]], 12345.6, 1));
        yield return new OrgUnitDefined(new(OrgUnitId.Parse("street-001"), OrgTier.StreetCommittee, "党工委", AreaCode.Parse("340104001"), null, 1));
        yield return new VolunteerDefined(new(
            VolunteerId.Parse("v-1"), "𠮷建国", "+8613800000000", ["first-aid"], Cell, true, new(true, new(117.2, 31.8), Cell, At), 4));
        yield return new VolunteerPresenceReported(new(false, null, null, At));
        yield return new BuildingDefined(new(BuildingId.Parse("B1"), "1号楼", "合肥市", new(117.2, 31.8), Cell, 18, 72, VolunteerId.Parse("v-1"), 1));
        yield return new DeviceMounted(device);
        yield return new DeviceChanged(device with { Name = "烟感" });
        yield return new DeviceTokenRotated(D, new('c', 64));
        yield return new DeviceRevoked(D);
        yield return new DeviceCameOnline(D, Cell);
        yield return new DeviceWentOffline(D, Cell, At);
        yield return new DeviceEventReceived(D, Cell, "e1", "sos", "{\"event\":\"sos\",\"note\":\"急 <b>&\"}");
        yield return new DeviceStateReceived(D, Cell, true, "{\"online\":true}");
        yield return new AlarmClockStarted(D, R, AlarmLevel.Warning, 9.5, At);
        yield return new AlarmClockStopped(D, R, AlarmLevel.None);
        yield return new AlarmRaised(alarm with { AcknowledgedBy = null, AcknowledgedAt = null, ClosedBy = null, ClosedAt = null, Note = null, Revision = 1 });
        yield return new AlarmLevelChanged(A, D, R, Cell, AlarmLevel.Warning, AlarmLevel.Critical, 21.5);
        yield return new AlarmAcknowledged(A, "key:1", "去看");
        yield return new AlarmClosed(A, D, R, Cell, AlarmLevel.Notice, "rule", null);
        yield return new ReportReceived(new(
            "kiosk-1:r1", D, "02.03", "乱停车\n🚲", "kiosk", new(117.2, 31.8), Cell, new("王", "138"), [new("https://e/1.jpg", new('d', 64))], At, At, "门口"));
        yield return new MessageQuarantined(new(
            "smoke-1:00000000000000ff", D, MessageKind.Telemetry, Cell, new(RefusalCode.BadValue, "values.smoke", "NaN", "…"), "{\"smoke\":NaN}", "m1", At));
        var command = CommandId.Parse("c1");
        yield return new CommandIssued(new(
            command, D, TwinKey.Of(BuildingId.Parse("B1")), Cell, 7, "开门", "{\"seconds\":30}", "key:1", At, At.AddSeconds(60), CommandState.Issued));
        yield return new CommandDelivered(D, command);
        yield return new CommandAnswered(D, command, "{\"done\":true}");
        yield return new CommandExpired(D, command, At);
        yield return new CommandCancelled(D, command, "key:1", null);
        yield return new CommandUndeliverable(D, command, "revoked");
        var webhook = new Webhook(
            W, "https://partner.example/事件", "340104001", [EventKind.Alarm, EventKind.Report], "客服", false, null, [new("00ff", "abc123")], 41, At, 1);
        yield return new WebhookCreated(webhook);
        yield return new WebhookChanged(webhook with { Area = "", Kinds = [], Paused = true, PausedBecause = "410", Revision = 2 });
        yield return new WebhookPaused(W, "410");
        yield return new WebhookResumed(W);
        yield return new WebhookSecretRotated(W, [new("11ee", "abc123"), new("00ff", "abc123", At)]);
        yield return new WebhookReplayed(W, 17);
        yield return new WebhookDeleted(W);
    }

    [Fact]
    public void Every_event_has_exactly_its_golden_bytes()
    {
        var lines = Samples().Select(e => EventCodec.NameOf(e) + " " + Encoding.UTF8.GetString(EventCodec.Encode(e)));
        Assert.Equal(Golden(), lines);
    }

    [Fact]
    public void Golden_bytes_are_read_back_and_written_again_the_same()
    {
        foreach (var line in Golden())
        {
            var (name, body) = (line[..line.IndexOf(' ', StringComparison.Ordinal)], line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..]);
            var read = EventCodec.Decode(name, Encoding.UTF8.GetBytes(body));
            Assert.Equal(body, Encoding.UTF8.GetString(EventCodec.Encode(read)));
        }
    }

    [Fact]
    public void Every_event_type_has_a_sample_and_every_name_an_event()
    {
        var types = typeof(DomainEvent).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(DomainEvent)) && !t.IsAbstract);
        Assert.Equal(types.Select(t => t.Name).Order(StringComparer.Ordinal), Samples().Select(e => e.GetType().Name).Order(StringComparer.Ordinal));
        Assert.Equal(Names().Order(StringComparer.Ordinal), EventCodec.Names.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Names_are_unique_and_versioned()
    {
        Assert.Equal(Names().Count(), Names().Distinct().Count());
        Assert.All(Names(), n => Assert.Matches(Form(), n));
    }

    [Theory]
    [InlineData("never-seen/1", "{}")]
    [InlineData(WireNames.DeviceRevoked, "{")]
    [InlineData(WireNames.DeviceRevoked, "null")]
    [InlineData(WireNames.DeviceRevoked, "{\"device\":\"a b\"}")]
    public void What_is_not_known_is_refused_and_never_guessed(string name, string body) =>
        Assert.Throws<FormatException>(() => EventCodec.Decode(name, Encoding.UTF8.GetBytes(body)));

    [Fact]
    public void Chinese_stays_readable() =>
        Assert.Contains("三里庵街道", Encoding.UTF8.GetString(EventCodec.Encode(Samples().OfType<AreaNamed>().Single())), StringComparison.Ordinal);

    private static IEnumerable<string> Names() => typeof(WireNames).GetFields(BindingFlags.Public | BindingFlags.Static).Select(f => (string)f.GetValue(null)!);

    private static string[] Golden()
    {
        using var stream = typeof(EventCodecTests).Assembly.GetManifestResourceStream("golden.txt")!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    [GeneratedRegex("^[a-z]+(-[a-z]+)*/[1-9][0-9]*$")]
    private static partial Regex Form();
}
