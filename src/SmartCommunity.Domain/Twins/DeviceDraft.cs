using System.Runtime.InteropServices;
using SmartCommunity.Domain.Alarms;
using SmartCommunity.Domain.Ids;

namespace SmartCommunity.Domain.Twins;

/// <summary>What a decision has done to one device so far, laid over its slot, which stays as it is.</summary>
internal sealed class DeviceDraft(DeviceSlot slot)
{
    private readonly List<MetricSlot> metrics = new(1);
    private readonly List<ulong> keys = new(1);
    private readonly List<ulong> contents = new(1);

    public DeviceSlot Slot { get; } = slot;

    public bool Online { get; set; } = slot.Online;

    public long LastSeenMs { get; private set; } = slot.LastSeenMs;

    public ulong StateHash { get; set; } = slot.StateHash;

    public RuleTrack[] Tracks { get; private set; } = slot.Tracks;

    public void Seen(long recordedMs) => LastSeenMs = Math.Max(LastSeenMs, recordedMs);

    public void Put(RuleTrack track) => Tracks = DeviceSlot.Put(Tracks, track);

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

    /// <summary>Event time of the newest value of a metric; <see cref="long.MinValue"/> before the first.</summary>
    public long NewestMs(string metric)
    {
        foreach (var changed in metrics)
        {
            if (changed.Metric == metric)
            {
                return changed.AtMs;
            }
        }

        var at = Slot.IndexOf(metric);
        return at < 0 ? long.MinValue : Slot.Metrics[at].AtMs;
    }

    /// <summary>The value that rules saw last; null before the first.</summary>
    public double? Judged(string metric)
    {
        foreach (var changed in metrics)
        {
            if (changed.Metric == metric)
            {
                return changed.Judged;
            }
        }

        var at = Slot.IndexOf(metric);
        return at < 0 ? null : Slot.Metrics[at].Judged;
    }

    public void Add(in TwinReading reading)
    {
        var at = -1;
        for (var i = 0; i < metrics.Count && at < 0; i++)
        {
            at = metrics[i].Metric == reading.Metric ? i : -1;
        }

        var next = at >= 0
            ? metrics[at]
            : new() { Metric = reading.Metric, AtMs = NewestMs(reading.Metric), Judged = Judged(reading.Metric) ?? reading.Value };
        next.AtMs = (reading.Flags & ReadingFlags.Late) == 0 ? reading.AtMs : next.AtMs;
        next.Judged = DeviceSlot.IsJudged(reading.Flags) ? reading.Value : next.Judged;
        if (at >= 0)
        {
            metrics[at] = next;
        }
        else
        {
            metrics.Add(next);
        }
    }

    public void Remember(MessageKey key)
    {
        keys.Add(key.Key);
        contents.Add(key.Content);
    }

    /// <summary>Whether the batch so far or the window knows a message.</summary>
    public bool TryFind(ulong key, out ulong content)
    {
        var at = CollectionsMarshal.AsSpan(keys).IndexOf(key);
        if (at >= 0)
        {
            content = contents[at];
            return true;
        }

        content = 0;
        return Slot.Window is { } window && window.TryFind(key, out content);
    }

    /// <summary>Whether a message of this event time can have fallen out of the window.</summary>
    public bool MayBeForgotten(long atMs) => Slot.Window is { } window && atMs <= window.ForgottenMs;
}
