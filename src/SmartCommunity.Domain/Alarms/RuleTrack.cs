using SmartCommunity.Domain.Ids;

namespace SmartCommunity.Domain.Alarms;

/// <summary>A running clock of a rule: when it runs out, <paramref name="Target"/> holds (<see cref="AlarmLevel.None"/>: the alarm closes).</summary>
public readonly record struct RuleClock(AlarmLevel Target, double Value, long DueMs);

/// <summary>Where one rule stands for one device; immutable, so that deciding can work on it without touching the twin.</summary>
/// <param name="Level">The level of the open alarm; None while there is none.</param>
/// <param name="Alarm">The open alarm; default while there is none.</param>
/// <param name="Raised">How many alarms the rule has raised for the device.</param>
public sealed record RuleTrack(RuleId Rule, AlarmLevel Level, AlarmId Alarm, int Raised, RuleClock[] Clocks)
{
    public static RuleTrack Idle(RuleId rule) => new(rule, AlarmLevel.None, default, 0, []);

    public RuleClock? Clock(AlarmLevel target)
    {
        foreach (var clock in Clocks)
        {
            if (clock.Target == target)
            {
                return clock;
            }
        }

        return null;
    }

    internal RuleTrack Started(AlarmLevel target, double value, long dueMs) =>
        this with { Clocks = [.. Clocks.Where(c => c.Target != target), new(target, value, dueMs)] };

    internal RuleTrack Stopped(AlarmLevel target) => this with { Clocks = [.. Clocks.Where(c => c.Target != target)] };

    /// <summary>A level reached makes its own clock and the lower raising clocks moot.</summary>
    internal RuleTrack Reached(AlarmLevel level, AlarmId alarm, bool isNew) => this with
    {
        Level = level,
        Alarm = alarm,
        Raised = isNew ? Raised + 1 : Raised,
        Clocks = [.. Clocks.Where(c => c.Target != level && !(c.Target > Level && c.Target < level))],
    };

    internal RuleTrack Closed() => this with { Level = AlarmLevel.None, Alarm = default, Clocks = [] };
}
