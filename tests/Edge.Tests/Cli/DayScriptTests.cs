using System.Text.Json.Nodes;
using SmartCommunity.Cli.Playing;
using SmartCommunity.Domain.Demo;
using SmartCommunity.V1;
using Xunit;

namespace SmartCommunity.Edge.Tests.Cli;

public sealed class DayScriptTests
{
    private const long BeginMs = 1_760_000_000_000;
    private static readonly DayPlan Plan = new(DayPlay.SpeedDefault, 24, 1, 100, 300);

    [Fact]
    public void The_same_day_is_the_same_bytes_and_another_seed_is_another_day()
    {
        var first = Bytes(new(Cast(), Plan, BeginMs));
        Assert.Equal(first, Bytes(new(Cast(), Plan, BeginMs)));
        Assert.NotEqual(first, Bytes(new(Cast(), Plan with { Seed = 2 }, BeginMs)));
    }

    [Fact]
    public void Scenes_come_in_order_inside_the_day_each_with_its_own_id()
    {
        var scenes = new DayScript(Cast(), Plan, BeginMs).Scenes().ToList();
        Assert.All(scenes.Zip(scenes.Skip(1)), pair => Assert.True(pair.First.OffsetMs <= pair.Second.OffsetMs));
        Assert.InRange(scenes[^1].OffsetMs, 0, (24 * 3_600_000) - 1);
        Assert.Equal(scenes.Count, scenes.Select(s => (string?)Payload(s)["id"]).Distinct().Count());
        Assert.All(scenes.Select(s => (long?)Payload(s)["ts"]).OfType<long>(), ts => Assert.InRange(ts, BeginMs, BeginMs + (24 * 3_600_000)));
    }

    [Fact]
    public void Every_value_of_a_day_lies_inside_its_profile()
    {
        var cast = Cast().ToDictionary(d => d.Id);
        foreach (var scene in new DayScript([.. cast.Values], Plan, BeginMs).Scenes().Where(s => s.Message.Kind == "telemetry"))
        {
            foreach (var (metric, value) in Payload(scene)["values"]!.AsObject())
            {
                var shape = cast[scene.Device].Metrics.Single(m => m.Name == metric);
                Assert.InRange((double)value!, shape.Min, shape.Max);
            }
        }
    }

    [Fact]
    public void The_day_has_bad_air_that_ends_smoke_doors_a_call_for_help_and_reports()
    {
        var scenes = new DayScript(Cast(), Plan, BeginMs).Scenes().ToList();
        var air = scenes.Where(s => s.Device == "env-1" && s.Message.Kind == "telemetry").Select(s => (double)Payload(s)["values"]!["pm25"]!).ToList();
        Assert.All(air.Take(40), value => Assert.True(value > 150));
        Assert.True(air[^1] < 75);
        Assert.Contains(scenes, s => s.Device == "smoke-1" && s.Message.Kind == "telemetry" && (double)Payload(s)["values"]!["smoke"]! > 20);
        var names = scenes.Where(s => s.Message.Kind == "event").Select(s => (string?)Payload(s)["event"]).ToHashSet();
        Assert.True(names.IsSupersetOf(["smoke", "sos", "door-open", "door-closed"]));
        Assert.All(scenes.Where(s => s.Message.Kind == "report"), s => Assert.Matches("^0[1-5]\\.[0-9]{2}$", (string?)Payload(s)["class"]));
        Assert.InRange(scenes.Count(s => s.Message.Kind == "report"), 10, 100);
    }

    [Fact]
    public void Every_profile_gets_its_share_of_the_cast()
    {
        var devices = Enumerable.Range(0, 90).Select(i => new Device { Name = $"a{i:00}", Profile = "a" })
            .Concat(Enumerable.Range(0, 3).Select(i => new Device { Name = $"b{i}", Profile = "b" }))
            .ToList();
        var cast = DayCast.Choose(devices, 10);
        Assert.Equal((7, 3), (cast.Count(d => d.Profile == "a"), cast.Count(d => d.Profile == "b")));
        Assert.Equal(10, cast.Distinct().Count());
        Assert.Equal(93, DayCast.Choose(devices, 1000).Count);
        Assert.Empty(DayCast.Choose([], 10));
    }

    /// <summary>One device of each profile of the demo district.</summary>
    private static List<DayDevice> Cast() =>
    [
        .. DemoDistrict.Generate("secret").Profiles.Select(p => new DayDevice(
            (p.Id.ToString() == "environment" ? "env" : p.Id) + "-1",
            p.Id.ToString(),
            "340104001001001",
            [.. p.Metrics.Select(m => new Metric { Name = m.Name, Unit = m.Unit, Min = m.Min, Max = m.Max })])),
    ];

    private static JsonNode Payload(Scene scene) => JsonNode.Parse(scene.Message.Payload)!;

    private static string Bytes(DayScript script) => string.Join('\n', script.Scenes().Select(s => $"{s.OffsetMs} {s.Device} {Convert.ToBase64String(s.Message.Payload)}"));
}
