using SmartCommunity.Domain.Alarms;
using SmartCommunity.Domain.DeviceCommands;
using SmartCommunity.Domain.Devices;
using SmartCommunity.Domain.Ids;

namespace SmartCommunity.Domain.Twins;

/// <summary>The latest value of a metric, by event time; <see cref="Judged"/> is the value that rules saw last, by receive time.</summary>
internal struct MetricSlot
{
    public string Metric;
    public string? Message;
    public double Value;
    public double Judged;
    public long AtMs;
    public long ReceivedMs;
}

/// <summary>A device as a row of its twin.</summary>
internal sealed class DeviceSlot(Device device)
{
    private static readonly RuleTrack[] NoTracks = [];
    private static readonly DeviceCommand[] NoCommands = [];

    public string Id { get; } = device.Id.ToString();

    public Device Device { get; set; } = device;

    public bool Online { get; set; }

    /// <summary>Receive time of the last sign of life; <see cref="long.MinValue"/> before the first.</summary>
    public long LastSeenMs { get; set; } = long.MinValue;

    /// <summary>Hash of the last state body; 0 before the first.</summary>
    public ulong StateHash { get; set; }

    public MetricSlot[] Metrics { get; private set; } = [];

    public RuleTrack[] Tracks { get; private set; } = NoTracks;

    public DedupeWindow? Window { get; set; }

    /// <summary>The open ones, in order of issue.</summary>
    public DeviceCommand[] Commands { get; set; } = NoCommands;

    /// <summary>Number of the last command issued; 0 before the first.</summary>
    public long CommandsIssued { get; set; }

    public void Seen(long recordedMs) => LastSeenMs = Math.Max(LastSeenMs, recordedMs);

    public int IndexOf(string metric)
    {
        var metrics = Metrics;
        for (var i = 0; i < metrics.Length; i++)
        {
            if (ReferenceEquals(metrics[i].Metric, metric) || metrics[i].Metric == metric)
            {
                return i;
            }
        }

        return -1;
    }

    public RuleTrack? Track(RuleId rule)
    {
        foreach (var track in Tracks)
        {
            if (track.Rule == rule)
            {
                return track;
            }
        }

        return null;
    }

    public void Put(RuleTrack track) => Tracks = Put(Tracks, track);

    /// <summary>A copy of the tracks with one of them put in place.</summary>
    public static RuleTrack[] Put(RuleTrack[] tracks, RuleTrack track)
    {
        for (var i = 0; i < tracks.Length; i++)
        {
            if (tracks[i].Rule == track.Rule)
            {
                var copy = tracks.AsSpan().ToArray();
                copy[i] = track;
                return copy;
            }
        }

        return [.. tracks, track];
    }

    public void Apply(in TwinReading reading)
    {
        Seen(reading.ReceivedMs);
        (Window ??= new()).Add(reading);
        var at = IndexOf(reading.Metric);
        if (at < 0)
        {
            at = Metrics.Length;
            Metrics = [.. Metrics, new() { Metric = string.Intern(reading.Metric), AtMs = long.MinValue }];
        }

        ref var slot = ref Metrics[at];
        if ((reading.Flags & ReadingFlags.Late) == 0)
        {
            slot.Value = reading.Value;
            slot.AtMs = reading.AtMs;
            slot.ReceivedMs = reading.ReceivedMs;
            slot.Message = reading.Message;
        }

        if (IsJudged(reading.Flags))
        {
            slot.Judged = reading.Value;
        }
    }

    /// <summary>Whether rules look at a reading: not when it is late, unless its clock is suspect (then the event time says nothing).</summary>
    public static bool IsJudged(ReadingFlags flags) => (flags & (ReadingFlags.Late | ReadingFlags.ClockSuspect)) != ReadingFlags.Late;

    public void Restore(MetricSlot[] metrics, RuleTrack[] tracks)
    {
        Metrics = metrics;
        Tracks = tracks;
    }
}
