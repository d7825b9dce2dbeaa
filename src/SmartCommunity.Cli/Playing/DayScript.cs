using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace SmartCommunity.Cli.Playing;

/// <summary>One message of the day. <paramref name="OffsetMs"/>: simulated milliseconds after the day's begin.</summary>
internal sealed record Scene(long OffsetMs, string Device, OutgoingMessage Message);

/// <summary>
/// What happens in a played day: curves of all sensors, one episode of bad air that rises and comes back, a smoke alarm, doors, a call for help, and people's
/// reports. Pure: the same seed, devices and begin give the same bytes, so that a second run of the same day would change nothing.
/// </summary>
internal sealed class DayScript
{
    /// <summary>Real seconds the bad air lasts: rules count in receive time, and the demo's waits a minute.</summary>
    public const int EpisodeRealSeconds = 90;

    /// <summary>Real seconds between two measurements of the device with the bad air.</summary>
    public const int EpisodeEveryRealSeconds = 2;

    /// <summary>Reports an hour in the middle of the day.</summary>
    private const double ReportsPerHourMax = 6;

    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly DayPlan plan;
    private readonly long beginMs;
    private readonly long lengthMs;
    private readonly List<(long OffsetMs, DayDevice Device, Func<string, OutgoingMessage> Write)> scenes = [];
    private readonly DayDevice? smoggy;
    private readonly DayDevice? detector;

    /// <param name="devices">Who takes part.</param>
    /// <param name="plan">How long and how dense.</param>
    /// <param name="beginMs">Begin of the day, Unix milliseconds.</param>
    public DayScript(IReadOnlyList<DayDevice> devices, DayPlan plan, long beginMs)
    {
        this.plan = plan;
        this.beginMs = beginMs;
        lengthMs = plan.Hours * 3_600_000L;
        DeviceCount = devices.Count;
        smoggy = devices.FirstOrDefault(d => d.Metrics.Any(m => m.Name == "pm25"));
        detector = devices.FirstOrDefault(d => d.Metrics.Any(m => m.Name == "smoke"));
        foreach (var device in devices)
        {
            AddMeasurements(device);
        }

        AddSmoke();
        AddDoorsAndCalls(devices);
        AddReports(devices);
        scenes.Sort((a, b) => a.OffsetMs != b.OffsetMs ? a.OffsetMs.CompareTo(b.OffsetMs) : string.CompareOrdinal(a.Device.Id, b.Device.Id));
    }

    public int Count => scenes.Count;

    public int DeviceCount { get; }

    /// <summary>Commands worth typing afterwards.</summary>
    public List<string> Look { get; } = ["sc status", "sc alarms list --all"];

    /// <summary>All messages in order of time. Ids count up, so that each is unique.</summary>
    public IEnumerable<Scene> Scenes() => scenes.Select((scene, i) => new Scene(
        scene.OffsetMs,
        scene.Device.Id,
        scene.Write(string.Create(CultureInfo.InvariantCulture, $"day-{beginMs / 1000}-{plan.Seed}-{i}"))));

    private void AddMeasurements(DayDevice device)
    {
        if (device.Metrics.Count == 0)
        {
            return;
        }

        var isSmoggy = ReferenceEquals(device, smoggy);

        // The two devices that raise alarms tell no time of their own, so that it counts as happening now: a rule's clock runs in receive time, and
        // what comes late is not judged.
        var isLive = isSmoggy || ReferenceEquals(device, detector);
        var every = isSmoggy ? EpisodeEveryRealSeconds * 1000L * plan.Speed : plan.EverySeconds * 1000L;
        every = Math.Clamp(every, 1000, lengthMs);
        var noise = new Random(HashCode(device.Id));
        for (var offset = noise.NextInt64(every); offset < lengthMs; offset += every)
        {
            var at = beginMs + offset;
            var smog = isSmoggy && offset < EpisodeRealSeconds * 1000L * plan.Speed;
            var values = device.Metrics.Select(m => (m.Name, Curves.Value(m, at, noise.NextDouble(), smog))).ToArray();

            Add(offset, device, id => Telemetry(id, isLive ? null : at, values));
        }

        if (isSmoggy)
        {
            Look.Add($"sc readings {device.Id} --metric pm25");
        }
    }

    private void AddSmoke()
    {
        if (detector is null)
        {
            return;
        }

        var offset = lengthMs / 2;
        var values = detector.Metrics.Select(m => (m.Name, Curves.Smoky(m))).ToArray();
        Add(offset, detector, id => Telemetry(id, null, values));
        Add(offset + 1, detector, id => Event(id, beginMs + offset, "smoke", detector));
        Look.Add("sc watch --kinds alarm,device --cursor 0 --limit 20");
    }

    private void AddDoorsAndCalls(IReadOnlyList<DayDevice> devices)
    {
        var random = new Random(HashCode("doors"));
        foreach (var device in devices.Where(d => d.Metrics.Any(m => m.Name == "door_open")))
        {
            for (var hour = 0; hour < plan.Hours; hour++)
            {
                if (random.NextDouble() < Curves.Busy(beginMs + (hour * 3_600_000L)))
                {
                    var offset = (hour * 3_600_000L) + random.Next(3_500_000);
                    Add(offset, device, id => Event(id, beginMs + offset, "door-open", device));
                    Add(offset + 30_000, device, id => Event(id, beginMs + offset + 30_000, "door-closed", device));
                }
            }
        }

        if (devices.FirstOrDefault(d => d.Profile is "sos" or "kiosk") is { } button)
        {
            var offset = lengthMs / 3;
            Add(offset, button, id => Event(id, beginMs + offset, "sos", button));
        }
    }

    private void AddReports(IReadOnlyList<DayDevice> devices)
    {
        var kiosks = devices.Where(d => d.Profile.Contains("kiosk", StringComparison.Ordinal)).ToList();
        if (kiosks.Count == 0)
        {
            kiosks = [.. devices.Where(d => d.Metrics.Count == 0).Take(1)];
        }

        if (kiosks.Count == 0)
        {
            return;
        }

        var random = new Random(HashCode("reports"));
        for (var hour = 0; hour < plan.Hours; hour++)
        {
            var count = (int)Math.Round(ReportsPerHourMax * Curves.Busy(beginMs + (hour * 3_600_000L)));
            for (var i = 0; i < count; i++)
            {
                var offset = (hour * 3_600_000L) + random.Next(3_599_000);
                var kiosk = kiosks[random.Next(kiosks.Count)];
                var what = PeoplesReports.All[random.Next(PeoplesReports.All.Count)];
                Add(offset, kiosk, id => Report(id, beginMs + offset, kiosk, what));
            }
        }

        Look.Add("sc watch --kinds report --cursor 0 --limit 10");
    }

    private void Add(long offset, DayDevice device, Func<string, OutgoingMessage> write) => scenes.Add((Math.Min(offset, lengthMs - 1), device, write));

    /// <summary>Stable over processes, unlike string.GetHashCode.</summary>
    private int HashCode(string text)
    {
        var hash = 17 + plan.Seed;
        foreach (var c in text)
        {
            hash = unchecked((hash * 31) + c);
        }

        return hash;
    }

    private static OutgoingMessage Telemetry(string id, long? at, (string Metric, double Value)[] values) => Write("telemetry", id, at, writer =>
    {
        writer.WriteStartObject("values");
        foreach (var (metric, value) in values)
        {
            writer.WriteNumber(metric, value);
        }

        writer.WriteEndObject();
    });

    private static OutgoingMessage Event(string id, long at, string name, DayDevice device) => Write("event", id, at, writer =>
    {
        writer.WriteString("event", name);
        writer.WriteString("area", device.Area);
    });

    private static OutgoingMessage Report(string id, long at, DayDevice kiosk, PeoplesReport what) => Write("report", id, at, writer =>
    {
        writer.WriteString("class", what.ClassCode);
        writer.WriteString("text", what.Text);
        writer.WriteStartObject("at");
        writer.WriteString("cell", kiosk.Area);
        writer.WriteEndObject();
        writer.WriteString("channel", "kiosk");
    });

    private static OutgoingMessage Write(string kind, string id, long? at, Action<Utf8JsonWriter> content)
    {
        var buffer = new ArrayBufferWriter<byte>(128);
        using (var writer = new Utf8JsonWriter(buffer, WriterOptions))
        {
            writer.WriteStartObject();
            writer.WriteString("id", id);
            if (at is { } instant)
            {
                writer.WriteNumber("ts", instant);
            }

            content(writer);
            writer.WriteEndObject();
        }

        return new(kind, buffer.WrittenSpan.ToArray());
    }
}
