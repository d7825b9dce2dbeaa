using SmartCommunity.Domain.Twins;
using SmartCommunity.Grains.Directory;

namespace SmartCommunity.Grains.Tests.Ingest;

public class IngestTests
{
    [Fact]
    public async Task A_message_becomes_a_reading_a_twin_value_and_a_count()
    {
        await using var silo = await TestSilo.StartAsync();
        var town = await Town.BuildAsync(silo);
        var route = await town.MountAsync("d1", Town.B1);
        var outcome = await town.SendAsync(route, town.Telemetry(route, 41.5, "m1"));
        Assert.Equal(MessageFate.Accepted, outcome!.Value.Fate);

        var readings = await silo.Store.AtAsync(Town.District, "d1", silo.Time.GetUtcNow().ToUnixTimeMilliseconds(), default);
        var reading = Assert.Single(readings);
        Assert.Equal(("pm25", 41.5, "m1"), (reading.Metric, reading.Value, reading.Message));
        var view = Town.Ok(await silo.Grains.Building(Town.Code, Town.B1).Get());
        Assert.Equal(41.5, Assert.Single(Assert.Single(view.Sensors).Values).Value);
        Assert.Equal(Town.West, view.Area);
        foreach (var area in new[] { Town.West, Town.West.Parent, Town.Code })
        {
            var rollup = await silo.Get<IDirectory>().RollupAsync(area, silo.Time.GetUtcNow(), default);
            Assert.Equal((1, 1), (rollup.DevicesOnline, rollup.DevicesTotal));
        }
    }
}
