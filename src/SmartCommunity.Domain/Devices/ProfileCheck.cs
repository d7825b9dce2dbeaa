using System.Buffers;
using SmartCommunity.Domain.Alarms;
using SmartCommunity.Domain.Commands;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Domain.Refusals;

namespace SmartCommunity.Domain.Devices;

/// <summary>What a device profile must be.</summary>
internal static class ProfileCheck
{
    private static readonly SearchValues<char> NameChars = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_");

    /// <param name="rules">The district's rules: a profile keeps the metrics they watch.</param>
    public static Refusal? Judge(DeviceProfile profile, IEnumerable<AlarmRule> rules)
    {
        var refusal = (IdText.IsValid(profile.Id.ToString()) ? null : IdText.Refuse("profile_id"))
            ?? Check.Text(profile.Name, "name")
            ?? Check.Count(profile.Metrics.Length, Limits.MetricsPerProfileMax, "metrics")
            ?? Check.Range(profile.OfflineAfterSeconds, Limits.OfflineAfterSecondsMin, Limits.DurationSecondsMax, "offline_after_seconds");
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < profile.Metrics.Length && refusal is null; i++)
        {
            refusal = Judge(profile.Metrics[i], $"metrics[{i}]", names);
        }

        refusal ??= profile.Decoder is { } decoder ? DecoderCheck.Judge(decoder, names) : null;
        if (refusal is null && rules.FirstOrDefault(r => r.Profile == profile.Id && !names.Contains(r.Metric)) is { } rule)
        {
            return new(RefusalCode.WrongState, "metrics", $"Rule {rule.Id} watches {rule.Metric}, which the profile no longer has.", "Keep the metric.");
        }

        return refusal;
    }

    private static Refusal? Judge(Metric metric, string field, HashSet<string> names)
    {
        if (metric.Name is not { Length: > 0 and <= Limits.MetricNameCharsMax }
            || metric.Name.AsSpan().ContainsAnyExcept(NameChars))
        {
            return new(
                RefusalCode.Malformed,
                field + ".name",
                $"A metric has 1 to {Limits.MetricNameCharsMax} characters of a-z 0-9 _.",
                "Rename it; the device's firmware must use the same name.");
        }

        if (!names.Add(metric.Name))
        {
            return new(RefusalCode.AlreadyExists, field + ".name", $"{metric.Name} stands there twice.", "Leave one of them out.");
        }

        return Check.Text(metric.Unit, field + ".unit", Limits.UnitCharsMax)
            ?? (double.IsFinite(metric.Min) && double.IsFinite(metric.Max) && metric.Min < metric.Max
                ? null
                : new(RefusalCode.OutOfRange, field, "min must be smaller than max, and both finite.", "Give the range that the sensor can measure."));
    }
}
