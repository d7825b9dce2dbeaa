using SmartCommunity.Domain.Alarms;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Grains.Directory;

namespace SmartCommunity.Grains.Tests.Twins;

public class AlarmTests
{
    [Fact]
    public async Task An_alarm_is_raised_lowered_and_closed_at_its_due_instants_though_the_silo_restarts_in_between()
    {
        await using var silo = await TestSilo.StartAsync();
        var town = await Town.BuildAsync(silo);
        var route = await town.MountAsync("d1", Town.B1);
        var start = silo.Time.GetUtcNow();
        await town.SendAsync(route, town.Telemetry(route, 600, "m1"));
        silo.Time.Advance(TimeSpan.FromSeconds(30));
        await silo.RestartAsync();
        await silo.Grains.Sweeper(Town.Code).SweepDue();
        Assert.Empty(await AlarmsAsync(silo));

        // Everything is down when the clock runs out; the event carries the instant at which it did.
        silo.Time.Advance(TimeSpan.FromSeconds(50));
        await silo.RestartAsync();
        await silo.Grains.Sweeper(Town.Code).SweepDue();
        var raised = Assert.Single(await AlarmsAsync(silo));
        Assert.Equal((AlarmLevel.Critical, start.AddSeconds(60)), (raised.Level, raised.RaisedAt));
        Assert.Equal((0, 1), await OpenAsync(silo));

        await town.SendAsync(route, town.Telemetry(route, 20, "m2"));
        var quiet = silo.Time.GetUtcNow();
        for (var minute = 0; minute < 6; minute++)
        {
            silo.Time.Advance(TimeSpan.FromSeconds(60));
            await silo.Grains.Sweeper(Town.Code).SweepDue();
            await silo.RestartAsync();
        }

        var closed = Assert.Single(await AlarmsAsync(silo));
        Assert.Equal(AlarmLevel.Critical, closed.Peak);
        Assert.Equal(quiet.AddSeconds(300), closed.ClosedAt);
        Assert.Equal((0, 0), await OpenAsync(silo));
    }

    [Fact]
    public async Task A_person_acknowledges_and_closes_and_a_closed_alarm_is_not_found()
    {
        await using var silo = await TestSilo.StartAsync();
        var town = await Town.BuildAsync(silo, raiseAfterSeconds: 0);
        var route = await town.MountAsync("d1", Town.B1);
        await town.SendAsync(route, town.Telemetry(route, 150, "m1"));
        var alarm = Assert.Single(await AlarmsAsync(silo));
        var twin = silo.Grains.Twin(Town.Code, alarm.Twin);
        Assert.Equal("test", Town.Ok(await twin.AcknowledgeAlarm(alarm.Id, "seen", town.By())).AcknowledgedBy);
        Assert.NotNull(Town.Ok(await twin.CloseAlarm(alarm.Id, null, town.By())).ClosedAt);
        Assert.Equal((0, 0), await OpenAsync(silo));
        Assert.Equal(RefusalCode.NotFound, (await twin.CloseAlarm(alarm.Id, null, town.By())).Refusal?.Code);
    }

    [Fact]
    public async Task A_silent_device_goes_offline_after_its_profile_s_time()
    {
        await using var silo = await TestSilo.StartAsync();
        var town = await Town.BuildAsync(silo);
        var route = await town.MountAsync("d1", Town.B1);
        await town.SendAsync(route, town.Telemetry(route, 1, "m1"));
        silo.Time.Advance(TimeSpan.FromSeconds(100));
        await town.SendAsync(route, town.Telemetry(route, 1, "m2"));
        silo.Time.Advance(TimeSpan.FromSeconds(100));
        await silo.Grains.Sweeper(Town.Code).SweepDue();
        Assert.Equal(1, (await silo.Get<IDirectory>().RollupAsync(Town.Code, silo.Time.GetUtcNow(), default)).DevicesOnline);
        silo.Time.Advance(TimeSpan.FromSeconds(21));
        await silo.Grains.Sweeper(Town.Code).SweepDue();
        Assert.Equal(0, (await silo.Get<IDirectory>().RollupAsync(Town.Code, silo.Time.GetUtcNow(), default)).DevicesOnline);
    }

    [Fact]
    public async Task The_sweeper_survives_a_store_that_is_away()
    {
        await using var silo = await TestSilo.StartAsync();
        var town = await Town.BuildAsync(silo);
        var route = await town.MountAsync("d1", Town.B1);
        await town.SendAsync(route, town.Telemetry(route, 600, "m1"));
        silo.Time.Advance(TimeSpan.FromSeconds(61));
        silo.Journal.IsDown = true;
        await silo.Grains.Sweeper(Town.Code).SweepDue();
        Assert.Empty(await AlarmsAsync(silo));
        silo.Journal.IsDown = false;

        // The owner that failed rests before it is tried again.
        silo.Time.Advance(TimeSpan.FromSeconds(31));
        await silo.Grains.Sweeper(Town.Code).SweepDue();
        Assert.Single(await AlarmsAsync(silo));
    }

    private static async Task<IReadOnlyList<Alarm>> AlarmsAsync(TestSilo silo) =>
        (await silo.Get<IDirectory>().ListAsync<Alarm>(new(Town.District, 100), default)).Items;

    private static async Task<(long Warning, long Critical)> OpenAsync(TestSilo silo)
    {
        var rollup = await silo.Get<IDirectory>().RollupAsync(Town.West, silo.Time.GetUtcNow(), default);
        return (rollup.AlarmsWarning, rollup.AlarmsCritical);
    }
}
