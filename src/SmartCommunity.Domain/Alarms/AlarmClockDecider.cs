namespace SmartCommunity.Domain.Alarms;

/// <summary>What a rule does next.</summary>
internal enum ClockActKind : byte
{
    None = 0,
    Start = 1,
    Stop = 2,

    /// <summary>The level holds now (None: close).</summary>
    Reach = 3,
}

internal readonly record struct ClockAct(ClockActKind Kind, AlarmLevel Target = AlarmLevel.None, long DueMs = 0);

/// <summary>
/// The clocks of an alarm rule, pure. The caller asks <see cref="Next"/> again after each act until there is none. A side is left only at
/// threshold ∓ hysteresis and entered only at the threshold, whichever clock runs.
/// </summary>
internal static class AlarmClockDecider
{
    /// <summary>The next act for a value that holds at an instant (receive time), or None when all clocks are as they should be.</summary>
    /// <param name="open">Whether the rule's calendar lets it raise now.</param>
    public static ClockAct Next(RuleTrack track, AlarmRule rule, double value, long nowMs, bool open)
    {
        var act = Raise(track, rule, value, nowMs, open);
        if (act.Kind == ClockActKind.None && track.Level != AlarmLevel.None)
        {
            act = Quieten(track, rule, value, nowMs);
        }

        return act.Kind == ClockActKind.None ? Stray(track) : act;
    }

    /// <summary>What a clock that ran out does.</summary>
    public static ClockAct Fire(RuleTrack track, RuleClock clock, bool open) => clock.Target > track.Level && !open
        ? new(ClockActKind.Stop, clock.Target)
        : new(ClockActKind.Reach, clock.Target);

    /// <summary>The clock to run out next, at or before an instant. Of equals the highest raise goes first, then the close, then a step down.</summary>
    public static RuleClock? Due(RuleTrack track, long nowMs)
    {
        RuleClock? first = null;
        foreach (var clock in track.Clocks)
        {
            if (clock.DueMs <= nowMs
                && (first is not { } best || clock.DueMs < best.DueMs || (clock.DueMs == best.DueMs && Rank(track, clock) > Rank(track, best))))
            {
                first = clock;
            }
        }

        return first;
    }

    /// <summary>Whether a calendar holds at an instant, in the district's local time. After midnight a wrapped night belongs to the day it began.</summary>
    public static bool IsOpen(RuleCalendar? calendar, long nowMs, TimeZoneInfo zone)
    {
        if (calendar is null)
        {
            return true;
        }

        var local = TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeMilliseconds(nowMs), zone);
        var minute = (local.Hour * 60) + local.Minute;
        var day = local.DayOfWeek;
        bool inside;
        if (calendar.FromMinute < calendar.ToMinute)
        {
            inside = minute >= calendar.FromMinute && minute < calendar.ToMinute;
        }
        else
        {
            inside = minute >= calendar.FromMinute || minute < calendar.ToMinute;
            day = minute < calendar.ToMinute ? local.AddDays(-1).DayOfWeek : day;
        }

        return inside && (calendar.Days.Length == 0 || calendar.Days.AsSpan().Contains(day));
    }

    private static ClockAct Raise(RuleTrack track, AlarmRule rule, double value, long nowMs, bool open)
    {
        for (var i = rule.Steps.Length - 1; i >= 0 && rule.Steps[i].Level > track.Level; i--)
        {
            var step = rule.Steps[i];
            var running = track.Clock(step.Level) is not null;
            var beyond = open && Beyond(rule, value, step.Threshold, sticky: running);
            if (beyond && step.RaiseAfterSeconds == 0)
            {
                return new(ClockActKind.Reach, step.Level);
            }

            if (beyond != running)
            {
                return beyond
                    ? new(ClockActKind.Start, step.Level, nowMs + (step.RaiseAfterSeconds * 1000L))
                    : new(ClockActKind.Stop, step.Level);
            }
        }

        return default;
    }

    private static ClockAct Quieten(RuleTrack track, AlarmRule rule, double value, long nowMs)
    {
        var closing = track.Clock(AlarmLevel.None) is not null;
        var quiet = !Beyond(rule, value, rule.Steps[0].Threshold, sticky: !closing);
        if (quiet != closing)
        {
            if (quiet && rule.CloseAfterSeconds == 0)
            {
                return new(ClockActKind.Reach, AlarmLevel.None);
            }

            return quiet
                ? new(ClockActKind.Start, AlarmLevel.None, nowMs + (rule.CloseAfterSeconds * 1000L))
                : new(ClockActKind.Stop, AlarmLevel.None);
        }

        if (track.Level == AlarmLevel.Notice)
        {
            return default;
        }

        var below = track.Level - 1;
        var stepping = track.Clock(below) is not null;
        var lower = rule.DowngradeAfterSeconds > 0 && !Beyond(rule, value, HoldThreshold(rule, track.Level), sticky: !stepping);
        if (lower == stepping)
        {
            return default;
        }

        return lower
            ? new(ClockActKind.Start, below, nowMs + (rule.DowngradeAfterSeconds * 1000L))
            : new(ClockActKind.Stop, below);
    }

    /// <summary>Clocks that no part of the rule owns any more (the rule was changed, or the level moved).</summary>
    private static ClockAct Stray(RuleTrack track)
    {
        foreach (var clock in track.Clocks)
        {
            var closeOrDown = track.Level != AlarmLevel.None
                && (clock.Target == AlarmLevel.None || (clock.Target == track.Level - 1 && clock.Target != AlarmLevel.None));
            if (clock.Target <= track.Level && !closeOrDown)
            {
                return new(ClockActKind.Stop, clock.Target);
            }
        }

        return default;
    }

    /// <summary>The threshold that keeps a level: that of the highest step not above it, else of the lowest step.</summary>
    private static double HoldThreshold(AlarmRule rule, AlarmLevel level)
    {
        var threshold = rule.Steps[0].Threshold;
        foreach (var step in rule.Steps)
        {
            threshold = step.Level <= level ? step.Threshold : threshold;
        }

        return threshold;
    }

    private static bool Beyond(AlarmRule rule, double value, double threshold, bool sticky)
    {
        var back = sticky ? rule.Hysteresis : 0;
        return rule.Comparison == Comparison.Above ? value > threshold - back : value < threshold + back;
    }

    private static int Rank(RuleTrack track, RuleClock clock) => clock.Target > track.Level
        ? 10 + (int)clock.Target
        : clock.Target == AlarmLevel.None ? 5 : 1;
}
