using SmartCommunity.Domain.Alarms;
using SmartCommunity.Domain.Commands;
using SmartCommunity.Domain.Twins;

namespace SmartCommunity.Domain.Tests.Twins;

/// <summary>Raise after 60 s, down after two quiet minutes, close after five; seen to fail when a clock fires at the instant of the sweep.</summary>
public class AlarmScenarioTests
{
    private const long T = TwinWorld.Start;

    public static TheoryData<int> RestartPoints => [.. Enumerable.Range(0, 12)];

    [Theory]
    [MemberData(nameof(RestartPoints))]
    public void Alarm_is_raised_stepped_down_and_closed_on_time_with_a_restart_anywhere(int restartBefore)
    {
        var world = new TwinWorld();
        Action[] steps =
        [
            () => world.Send(TwinWorld.Telemetry(T, 130)),
            () => world.Sweep(T + 59_999),
            () => Assert.Empty(world.State.Alarms),
            () => world.Sweep(T + 75_000),
            () => Assert.Equal(AlarmLevel.Warning, Assert.Single(world.State.Alarms).Level),
            () => world.Send(TwinWorld.Telemetry(T + 100_000, 20)),
            () => world.Sweep(T + 219_999),
            () => Assert.Equal(AlarmLevel.Warning, world.State.Alarms[0].Level),
            () => world.Sweep(T + 250_000),
            () => Assert.Equal(AlarmLevel.Notice, world.State.Alarms[0].Level),
            () => world.Sweep(T + 500_000),
        ];
        for (var i = 0; i < steps.Length; i++)
        {
            if (i == restartBefore)
            {
                world.Restart();
            }

            steps[i]();
        }

        Assert.Empty(world.State.Alarms);
        Assert.Equal(T + 60_000, world.Events.Single(e => e.Event is AlarmRaised).AtMs);
        Assert.Equal(T + 220_000, world.Events.Single(e => e.Event is AlarmLevelChanged).AtMs);
        Assert.Equal(T + 400_000, world.Events.Single(e => e.Event is AlarmClosed).AtMs);
    }

    [Fact]
    public void Alarm_is_raised_once_while_the_level_stays_high()
    {
        var world = new TwinWorld();
        for (var i = 0; i < 30; i++)
        {
            world.Send(TwinWorld.Telemetry(T + (i * 10_000), 100 + (i % 7)));
        }

        var raised = (AlarmRaised)world.Events.Single(e => e.Event is AlarmRaised).Event;
        Assert.Equal(AlarmLevel.Notice, raised.Alarm.Level);
    }

    [Fact]
    public void A_value_that_comes_back_in_time_raises_nothing()
    {
        var world = new TwinWorld();
        world.Send(TwinWorld.Telemetry(T, 100));
        world.Send(TwinWorld.Telemetry(T + 30_000, 60));
        world.Sweep(T + 120_000);
        Assert.DoesNotContain(world.Events, e => e.Event is AlarmRaised);
        Assert.Contains(world.Events, e => e.Event is AlarmClockStopped);
    }

    [Fact]
    public void Inside_the_hysteresis_the_clock_runs_on()
    {
        var world = new TwinWorld();
        world.Send(TwinWorld.Telemetry(T, 76));
        world.Send(TwinWorld.Telemetry(T + 30_000, 72));
        world.Sweep(T + 60_000);
        Assert.Single(world.State.Alarms);
    }

    [Fact]
    public void A_late_value_moves_no_clock_and_no_last_value()
    {
        var world = new TwinWorld();
        world.Send(TwinWorld.Telemetry(T, 20, atMs: T));
        world.Send(TwinWorld.Telemetry(T + 1000, 500, atMs: T - 86_400_000L * 30));
        Assert.Equal(20, world.State.ToView().Sensors[0].Values[0].Value);
        Assert.DoesNotContain(world.Events, e => e.Event is AlarmClockStarted);
        Assert.Equal(ReadingFlags.Late, world.Readings.Last().Flags);
    }

    [Fact]
    public void A_person_acknowledges_and_closes()
    {
        var world = new TwinWorld();
        world.Send(TwinWorld.Telemetry(T, 100));
        world.Sweep(T + 60_000);
        var id = world.State.Alarms[0].Id;
        world.Do(TwinDecider.AcknowledgeAlarm(world.State, id, "去看看", world.Catalogue, TwinWorld.Context(T + 70_000)));
        Assert.Equal("key:test", world.State.Alarms[0].AcknowledgedBy);
        var again = TwinDecider.AcknowledgeAlarm(world.State, id, null, world.Catalogue, TwinWorld.Context(T + 71_000));
        Assert.Empty(again.Value!.Events);
        world.Do(TwinDecider.CloseAlarm(world.State, id, "已处理", world.Catalogue, TwinWorld.Context(T + 80_000)));
        Assert.Empty(world.State.Alarms);
        Assert.True(TwinDecider.CloseAlarm(world.State, id, null, world.Catalogue, TwinWorld.Context(T + 90_000)).IsRefused);

        // Still high: another alarm after another minute.
        world.Send(TwinWorld.Telemetry(T + 90_000, 100));
        world.Sweep(T + 150_000);
        Assert.NotEqual(id, Assert.Single(world.State.Alarms).Id);
    }

    [Theory]
    [InlineData("2025-11-24T13:00:00Z", false)] // Monday 21:00 local
    [InlineData("2025-11-24T14:00:00Z", true)] // Monday 22:00 local
    [InlineData("2025-11-24T21:59:00Z", true)] // Tuesday 05:59 local, Monday's night
    [InlineData("2025-11-24T22:00:00Z", false)]
    [InlineData("2025-11-25T14:00:00Z", false)] // Tuesday 22:00 local
    public void A_calendar_wraps_midnight_and_belongs_to_the_day_it_began(string now, bool open)
    {
        var calendar = new RuleCalendar([DayOfWeek.Monday], 22 * 60, 6 * 60);
        var ms = DateTimeOffset.Parse(now, System.Globalization.CultureInfo.InvariantCulture).ToUnixTimeMilliseconds();
        Assert.Equal(open, AlarmClockDecider.IsOpen(calendar, ms, TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai")));
    }

    [Fact]
    public void Outside_its_calendar_a_rule_raises_nothing()
    {
        var world = new TwinWorld(TwinWorld.Rule with { Calendar = new([], 0, 1) });
        world.Send(TwinWorld.Telemetry(T, 500));
        world.Sweep(T + 600_000);
        Assert.DoesNotContain(world.Events, e => e.Event is AlarmRaised);
    }
}
