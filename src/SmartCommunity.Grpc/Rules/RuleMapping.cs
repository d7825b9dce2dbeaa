using SmartCommunity.Domain.Alarms;
using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Grpc.Refusals;
using SmartCommunity.Grpc.Requests;

namespace SmartCommunity.Grpc.Rules;

internal static class RuleMapping
{
    public static readonly string[] Changeable =
        ["display_name", "profile", "metric", "comparison", "steps", "hysteresis", "downgrade_after", "close_after", "calendar", "disabled"];

    public static FieldNames Names { get; } = new(
        "rule",
        ("name", "display_name"),
        ("downgrade_after_seconds", "downgrade_after"),
        ("close_after_seconds", "close_after"));

    public static V1.Rule ToProto(this AlarmRule rule, AreaCode district) => new()
    {
        Name = ResourceNames.Of(district, ResourceNames.Rules, rule.Id.ToString()),
        DisplayName = rule.Name,
        Profile = ResourceNames.Of(district, ResourceNames.Profiles, rule.Profile.ToString()),
        Metric = rule.Metric,
        Comparison = (V1.Comparison)rule.Comparison,
        Steps =
        {
            rule.Steps.Select(s => new V1.RuleStep
            {
                Level = (V1.AlarmLevel)s.Level, Threshold = s.Threshold, RaiseAfter = Shapes.Seconds(s.RaiseAfterSeconds),
            }),
        },
        Hysteresis = rule.Hysteresis,
        DowngradeAfter = Shapes.Seconds(rule.DowngradeAfterSeconds),
        CloseAfter = Shapes.Seconds(rule.CloseAfterSeconds),
        Calendar = rule.Calendar is { } calendar ? ToProto(calendar) : null,
        Disabled = !rule.Enabled,
        Etag = Etags.Of(rule.Revision),
    };

    public static Outcome<AlarmRule> ToDomain(this V1.Rule rule, AreaCode district, RuleId id)
    {
        var reader = new RequestReader(district);
        return reader.Finish(new AlarmRule(
            id,
            rule.DisplayName,
            reader.Reference<ProfileId>(rule.Profile, ResourceNames.Profiles, "profile"),
            rule.Metric,
            reader.Required<V1.Comparison, Comparison>(rule.Comparison, "comparison"),
            [.. rule.Steps.Select((step, i) => ToDomain(step, $"steps[{i}]", reader))],
            rule.Hysteresis,
            reader.Seconds(rule.DowngradeAfter, "downgrade_after"),
            reader.Seconds(rule.CloseAfter, "close_after"),
            rule.Calendar is { } calendar ? ToDomain(calendar, reader) : null,
            Enabled: !rule.Disabled,
            Revision: 0));
    }

    private static AlarmStep ToDomain(V1.RuleStep step, string field, RequestReader reader) => new(
        reader.Required<V1.AlarmLevel, AlarmLevel>(step.Level, $"{field}.level"),
        step.Threshold,
        reader.Seconds(step.RaiseAfter, $"{field}.raise_after"));

    private static V1.RuleCalendar ToProto(RuleCalendar calendar) => new()
    {
        Days = { calendar.Days.Select(day => day == DayOfWeek.Sunday ? V1.Weekday.Sunday : (V1.Weekday)day) },
        FromMinute = calendar.FromMinute,
        ToMinute = calendar.ToMinute,
    };

    private static RuleCalendar ToDomain(V1.RuleCalendar calendar, RequestReader reader) => new(
        [.. calendar.Days.Select((day, i) => ToDomain(day, $"calendar.days[{i}]", reader))],
        calendar.FromMinute,
        calendar.ToMinute);

    // Monday to Saturday have the same numbers; Sunday is 7 in the proto, because 0 means "not said" there.
    private static DayOfWeek ToDomain(V1.Weekday day, string field, RequestReader reader)
    {
        var known = reader.Required<V1.Weekday, DayOfWeek>(day, field);
        return (int)known == (int)V1.Weekday.Sunday ? DayOfWeek.Sunday : known;
    }
}
