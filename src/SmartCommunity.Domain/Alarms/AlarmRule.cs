using Orleans;
using SmartCommunity.Domain.Ids;

namespace SmartCommunity.Domain.Alarms;

/// <summary>Severity; 0 means no alarm.</summary>
public enum AlarmLevel
{
    None = 0,
    Notice = 1,
    Warning = 2,
    Critical = 3,
}

public enum Comparison
{
    Above = 1,
    Below = 2,
}

/// <summary>One step of a rule: the level that holds when the value is beyond the threshold for the duration.</summary>
/// <param name="RaiseAfterSeconds">How long the value must stay beyond the threshold; 0 raises at once.</param>
[GenerateSerializer, Immutable, Alias("sc.AlarmStep")]
public sealed record AlarmStep(
    [property: Id(0)] AlarmLevel Level,
    [property: Id(1)] double Threshold,
    [property: Id(2)] int RaiseAfterSeconds);

/// <summary>Weekly hours, local to the district, in which a rule raises. Empty days: always.</summary>
/// <param name="Days">Days of the week it holds on.</param>
/// <param name="FromMinute">Minute of the day it begins (0..1439).</param>
/// <param name="ToMinute">Minute of the day it ends, exclusive (1..1440); smaller than <paramref name="FromMinute"/> wraps past midnight.</param>
[GenerateSerializer, Immutable, Alias("sc.RuleCalendar")]
public sealed record RuleCalendar(
    [property: Id(0)] DayOfWeek[] Days,
    [property: Id(1)] int FromMinute,
    [property: Id(2)] int ToMinute);

/// <summary>
/// An alarm rule on one metric of one profile: threshold steps with duration, hysteresis, step-down and calendar. A value is "beyond" until it
/// comes back past threshold ∓ hysteresis. Quiet for <see cref="DowngradeAfterSeconds"/>: one level down; for <see cref="CloseAfterSeconds"/>: closed.
/// Durations count in receive time.
/// </summary>
[GenerateSerializer, Immutable, Alias("sc.AlarmRule")]
public sealed record AlarmRule(
    [property: Id(0)] RuleId Id,
    [property: Id(1)] string Name,
    [property: Id(2)] ProfileId Profile,
    [property: Id(3)] string Metric,
    [property: Id(4)] Comparison Comparison,
    [property: Id(5)] AlarmStep[] Steps,
    [property: Id(6)] double Hysteresis,
    [property: Id(7)] int DowngradeAfterSeconds,
    [property: Id(8)] int CloseAfterSeconds,
    [property: Id(9)] RuleCalendar? Calendar,
    [property: Id(10)] bool Enabled,
    [property: Id(11)] long Revision);
