using System.Globalization;
using SmartCommunity.Cli.Files;

namespace SmartCommunity.Cli.Mappings;

/// <summary>Turns the time column of a row into an instant.</summary>
internal sealed class EventClock
{
    private readonly TimeMapping mapping;
    private readonly TimeZoneInfo zone;

    public EventClock(TimeMapping mapping)
    {
        this.mapping = mapping;
        if (mapping.Format is null == (mapping.Start is null || mapping.StepSeconds is null))
        {
            throw CliFailure.Usage($"The time of column '{mapping.Column}' needs either a format, or start and stepSeconds.", "See docs/sc.md under \"Mapping files\".");
        }

        zone = mapping.TimeZone is null
            ? TimeZoneInfo.Utc
            : TimeZoneInfo.TryFindSystemTimeZoneById(mapping.TimeZone, out var found)
                ? found
                : throw CliFailure.Usage($"'{mapping.TimeZone}' is no time zone.", "Use an IANA name such as Asia/Shanghai.");
    }

    public string Column => mapping.Column;

    /// <summary>Unix milliseconds; null when the field does not have the form.</summary>
    public long? Read(TableRow row)
    {
        var text = row[mapping.Column].Trim();
        if (mapping.Format is null)
        {
            return double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var step)
                ? mapping.Start!.Value.ToUnixTimeMilliseconds() + (long)Math.Round(step * mapping.StepSeconds!.Value * 1000)
                : null;
        }

        if (!DateTime.TryParseExact(text, mapping.Format, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local))
        {
            return null;
        }

        // A local time inside the spring gap never existed; the offset in force before the gap is taken, so that the order of rows is kept.
        var offset = zone.IsInvalidTime(local) ? zone.GetUtcOffset(local.AddHours(-2)) : zone.GetUtcOffset(local);
        return new DateTimeOffset(DateTime.SpecifyKind(local, DateTimeKind.Unspecified), offset).ToUnixTimeMilliseconds();
    }
}
