using SmartCommunity.Domain.Alarms;
using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.Buildings;
using SmartCommunity.Domain.Commands;
using SmartCommunity.Domain.Devices;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Domain.Reports;
using SmartCommunity.Domain.Twins;
using SmartCommunity.Domain.Views;
using SmartCommunity.Grains.Directory;
using SmartCommunity.Grains.Ingest;

namespace SmartCommunity.Grains.Tests.Twins;

public class RollupTests
{
    /// <remarks>Seen to fail when the counters of a commit are dropped.</remarks>
    [Fact]
    public async Task Rollups_equal_a_recount_at_every_level_after_random_operations_and_restarts()
    {
        await using var silo = await TestSilo.StartAsync();
        var town = await Town.BuildAsync(silo, raiseAfterSeconds: 0);
        var random = new Random(42);
        var routes = new List<DeviceRoute>();
        for (var step = 0; step < 300; step++)
        {
            await StepAsync(town, random, routes, step);
            if (step % 75 == 74)
            {
                await silo.RestartAsync();
                await CompareAsync(silo);
            }
        }
    }

    private static async Task StepAsync(Town town, Random random, List<DeviceRoute> routes, int step)
    {
        var grains = town.Silo.Grains;
        var building = random.Next(2) == 0 ? Town.B1 : Town.B2;
        switch (random.Next(12))
        {
            case 0 or 1:
                routes.Add(await town.MountAsync("d" + step, building));
                break;
            case 2:
                // A building moves: into the other cell, or out of all of them.
                var current = Town.Building(building, new[] { 117.205, 117.215, 118.0 }[random.Next(3)]);
                Town.Ok(await grains.Building(Town.Code, building).Define(current, WriteCondition.Upsert, town.By()));
                break;
            case 3 when routes.Count > 3:
                var gone = routes[random.Next(routes.Count)];
                routes.Remove(gone);
                Town.Ok(await grains.Twin(Town.Code, gone.Twin).RevokeDevice(gone.Device, town.By()));
                break;
            case 4:
                town.Silo.Time.Advance(TimeSpan.FromSeconds(random.Next(200)));
                await grains.Sweeper(Town.Code).SweepDue();
                break;
            case 5 when routes.Count > 0:
                var kiosk = routes[random.Next(routes.Count)];
                await town.SendAsync(kiosk, town.Report(kiosk, "r" + step, random.Next(2) == 0 ? Town.East : null));
                break;
            default:
                if (routes.Count > 0)
                {
                    var route = routes[random.Next(routes.Count)];
                    await town.SendAsync(route, town.Telemetry(route, random.Next(700), "m" + step));
                }

                break;
        }
    }

    private static async Task CompareAsync(TestSilo silo)
    {
        var directory = silo.Get<IDirectory>();
        var now = silo.Time.GetUtcNow();
        foreach (var text in new[] { "340104", "340104003", "340104003012", "340104003012001", "340104003012002" })
        {
            var area = AreaCode.Parse(text);
            var devices = await silo.Store.ListAsync(new(Town.District, ViewKinds.Device, 1_000, text), default);
            var alarms = (await directory.ListAsync<Alarm>(new(Town.District, 1_000, AreaPrefix: text), default)).Items.Where(a => a.ClosedAt is null).ToArray();
            var zone = TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai");
            var today = TimeZoneInfo.ConvertTime(now, zone).Date;
            var reports = (await directory.ListAsync<Report>(new(Town.District, 1_000, AreaPrefix: text), default)).Items;
            var counted = new Rollup(
                area,
                devices.Count(d => d.Status == ViewStatus.Online),
                devices.Count(d => d.Status != ViewStatus.Revoked),
                alarms.Count(a => a.Level == AlarmLevel.Notice),
                alarms.Count(a => a.Level == AlarmLevel.Warning),
                alarms.Count(a => a.Level == AlarmLevel.Critical),
                reports.Count(r => TimeZoneInfo.ConvertTime(r.At, zone).Date == today),
                await silo.Store.CountAsync(Town.District, ViewKinds.Building, text, null, default),
                0);
            Assert.Equal(counted, await directory.RollupAsync(area, now, default));
        }
    }
}
