using SmartCommunity.V1;

namespace SmartCommunity.Cli.Playing;

/// <summary>Plausible values of a sensor over a day. Always inside the profile's range.</summary>
internal static class Curves
{
    /// <summary>China Standard Time: the demo's people get up and go to bed by it.</summary>
    private const long LocalOffsetMs = 8 * 3_600_000L;

    private const double DayHours = 24;

    /// <param name="metric">Name and range.</param>
    /// <param name="atMs">When, Unix milliseconds.</param>
    /// <param name="noise">0 to 1.</param>
    /// <param name="smog">True during the episode of bad air.</param>
    public static double Value(Metric metric, long atMs, double noise, bool smog)
    {
        var day = Wave(atMs, 15);
        var busy = Busy(atMs);
        var jitter = noise - 0.5;
        var value = metric.Name switch
        {
            "pm25" => smog ? 190 + (20 * noise) : 22 + (18 * busy) + (4 * jitter),
            "pm10" => smog ? 260 + (20 * noise) : 45 + (30 * busy) + (6 * jitter),
            "temperature" => 16 + (6 * day) + jitter,
            "humidity" => 62 - (14 * day) + (3 * jitter),
            "noise" => 42 + (22 * busy) + (4 * jitter),
            "co2" => 430 + (420 * busy) + (20 * jitter),
            "smoke" => 0.5 * noise,
            "pressure" => 3.2 - (0.8 * busy) + (0.1 * jitter),
            "flow" => 0.05 + (0.8 * busy * noise),
            "total" => 1000 + (atMs / 3_600_000.0 % 10_000 * 0.3),
            "vibration" => 0.3 + (1.2 * busy * noise),
            "floor" => Math.Round(1 + (17 * noise * busy)),
            "load" => Math.Round(700 * busy * noise),
            "door_open" => noise < 0.2 * busy ? 1 : 0,
            "power" => day < 0 ? 120 + (5 * jitter) : 2,
            "illuminance" => Math.Max(0, 30_000 * day) + (20 * noise),
            "water_level" => 1 + noise,
            "uptime" => atMs / 1000 % 1_000_000,
            "battery" => metric.Max - ((metric.Max - metric.Min) * 0.1 * noise),
            _ => metric.Min + ((metric.Max - metric.Min) * (0.15 + (0.1 * busy) + (0.02 * jitter))),
        };
        return Math.Round(Math.Clamp(value, metric.Min, metric.Max), 2);
    }

    /// <summary>A detector in the smoke: thick air and a warm ceiling.</summary>
    public static double Smoky(Metric metric) => metric.Name switch
    {
        "battery" => metric.Max,
        "temperature" => Math.Clamp(58, metric.Min, metric.Max),
        "smoke" => Math.Clamp(46, metric.Min, metric.Max),
        _ => Math.Round(metric.Min + ((metric.Max - metric.Min) * 0.8), 2),
    };

    /// <summary>How much is going on, 0 to 1: peaks at 8 and 18 o'clock local, quiet at night.</summary>
    public static double Busy(long atMs) => Math.Clamp(Math.Max(Bump(atMs, 8), Bump(atMs, 18)) + (0.35 * Math.Max(0, Wave(atMs, 13))), 0.02, 1);

    /// <summary>-1 to 1, highest at <paramref name="peakHour"/> local.</summary>
    private static double Wave(long atMs, double peakHour) => Math.Cos((Hour(atMs) - peakHour) / DayHours * 2 * Math.PI);

    private static double Bump(long atMs, double peakHour)
    {
        var distance = Math.Abs(Hour(atMs) - peakHour);
        return Math.Exp(-distance * distance / 3);
    }

    private static double Hour(long atMs) => (atMs + LocalOffsetMs) % 86_400_000 / 3_600_000.0;
}
