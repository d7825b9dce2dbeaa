using SmartCommunity.Domain.Commands;
using SmartCommunity.Domain.Devices;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Domain.Refusals;

namespace SmartCommunity.Domain.Alarms;

/// <summary>What an alarm rule must be.</summary>
internal static class RuleCheck
{
    private const int MinutesPerDay = 1440;

    /// <param name="profile">The profile the rule names; null when there is none.</param>
    /// <param name="current">The rule as it now is; null for a new one.</param>
    public static Refusal? Judge(AlarmRule rule, DeviceProfile? profile, AlarmRule? current)
    {
        if (!IdText.IsValid(rule.Id.ToString()))
        {
            return IdText.Refuse("rule_id");
        }

        if (profile is null)
        {
            return new(RefusalCode.NotFound, "profile", "There is no such profile.", "Create the profile first.");
        }

        if (profile.Metrics.All(m => m.Name != rule.Metric))
        {
            return new(RefusalCode.UnknownMetric, "metric", $"Profile {profile.Id} has no metric {rule.Metric}.", "Choose one of its metrics.");
        }

        if (current is not null && (current.Profile != rule.Profile || current.Metric != rule.Metric))
        {
            return new(RefusalCode.Immutable, "metric", "What a rule watches is fixed: its open clocks and alarms belong to it.", "Create another rule.");
        }

        return Check.Text(rule.Name, "name") ?? Durations(rule) ?? Steps(rule) ?? Calendar(rule.Calendar);
    }

    private static Refusal? Durations(AlarmRule rule)
    {
        if (!double.IsFinite(rule.Hysteresis) || rule.Hysteresis < 0)
        {
            return new(RefusalCode.OutOfRange, "hysteresis", "Hysteresis is a finite number of 0 or more.", "Use the unit of the metric.");
        }

        if (rule.DowngradeAfterSeconds > 0 && rule.DowngradeAfterSeconds >= rule.CloseAfterSeconds)
        {
            return new(
                RefusalCode.OutOfRange,
                "downgrade_after_seconds",
                "A step down must come before the close.",
                "Make it smaller than close_after_seconds, or 0 for no step down.");
        }

        return Check.Range(rule.DowngradeAfterSeconds, 0, Limits.DurationSecondsMax, "downgrade_after_seconds")
            ?? Check.Range(rule.CloseAfterSeconds, 0, Limits.DurationSecondsMax, "close_after_seconds");
    }

    private static Refusal? Steps(AlarmRule rule)
    {
        if (rule.Comparison is not (Comparison.Above or Comparison.Below))
        {
            return new(RefusalCode.Missing, "comparison", "A rule says above or below.", "Choose one.");
        }

        if (rule.Steps.Length == 0)
        {
            return new(RefusalCode.Missing, "steps", "A rule has at least one step.", "Add a step.");
        }

        var refusal = Check.Count(rule.Steps.Length, Limits.StepsPerRuleMax, "steps");
        for (var i = 0; i < rule.Steps.Length && refusal is null; i++)
        {
            refusal = Step(rule, i);
        }

        return refusal;
    }

    private static Refusal? Step(AlarmRule rule, int index)
    {
        var step = rule.Steps[index];
        var field = $"steps[{index}]";
        if (step.Level is < AlarmLevel.Notice or > AlarmLevel.Critical || !double.IsFinite(step.Threshold))
        {
            return new(RefusalCode.OutOfRange, field, "A step has a level of 1 to 3 and a finite threshold.", "Correct it.");
        }

        if (index > 0)
        {
            var before = rule.Steps[index - 1];
            var further = rule.Comparison == Comparison.Above ? step.Threshold > before.Threshold : step.Threshold < before.Threshold;
            if (step.Level <= before.Level || !further)
            {
                return new(RefusalCode.OutOfRange, field, "Each step has a higher level and a threshold further out than the one before.", "Order the steps.");
            }
        }

        return Check.Range(step.RaiseAfterSeconds, 0, Limits.DurationSecondsMax, field + ".raise_after_seconds");
    }

    private static Refusal? Calendar(RuleCalendar? calendar)
    {
        if (calendar is null)
        {
            return null;
        }

        if (calendar.Days.Distinct().Count() != calendar.Days.Length || calendar.Days.Any(d => d is < DayOfWeek.Sunday or > DayOfWeek.Saturday))
        {
            return new(RefusalCode.Malformed, "calendar.days", "Each day of the week may stand there once.", "Leave the second one out.");
        }

        return Check.Range(calendar.FromMinute, 0, MinutesPerDay - 1, "calendar.from_minute")
            ?? Check.Range(calendar.ToMinute, 1, MinutesPerDay, "calendar.to_minute")
            ?? (calendar.FromMinute != calendar.ToMinute
                ? null
                : new(RefusalCode.OutOfRange, "calendar.to_minute", "A calendar of no minute never holds.", "Use 0 … 1440 for the whole day."));
    }
}
