using System.Runtime.InteropServices;
using SmartCommunity.Domain.Alarms;
using SmartCommunity.Domain.DeviceCommands;
using SmartCommunity.Domain.Ids;

namespace SmartCommunity.Domain.Twins;

/// <summary>What a decision has done to one device so far, laid over its slot, which stays as it is.</summary>
internal sealed class DeviceDraft(DeviceSlot slot)
{
    // Most batches bring one message of one metric a device: that takes no list.
    private MetricSlot[] metrics = [];
    private int metricCount;
    private MessageKey first;
    private int keyCount;
    private List<ulong>? keys;
    private List<ulong>? contents;

    public DeviceSlot Slot { get; } = slot;

    public bool Online { get; set; } = slot.Online;

    public long LastSeenMs { get; private set; } = slot.LastSeenMs;

    public ulong StateHash { get; set; } = slot.StateHash;

    public RuleTrack[] Tracks { get; private set; } = slot.Tracks;

    public DeviceCommand[] Commands { get; private set; } = slot.Commands;

    public void Seen(long recordedMs) => LastSeenMs = Math.Max(LastSeenMs, recordedMs);

    public void Put(RuleTrack track) => Tracks = DeviceSlot.Put(Tracks, track);

    public void Put(DeviceCommand command) => Commands = CommandTrack.Put(Commands, command);

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
        var at = IndexOf(metric);
        if (at >= 0)
        {
            return metrics[at].AtMs;
        }

        at = Slot.IndexOf(metric);
        return at < 0 ? long.MinValue : Slot.Metrics[at].AtMs;
    }

    /// <summary>The value that rules saw last; null before the first.</summary>
    public double? Judged(string metric)
    {
        var at = IndexOf(metric);
        if (at >= 0)
        {
            return metrics[at].Judged;
        }

        at = Slot.IndexOf(metric);
        return at < 0 ? null : Slot.Metrics[at].Judged;
    }

    public void Add(in TwinReading reading)
    {
        var at = IndexOf(reading.Metric);
        if (at < 0)
        {
            // Before it grows: both look at the slot while the batch has not touched the metric.
            var untouched = new MetricSlot { Metric = reading.Metric, AtMs = NewestMs(reading.Metric), Judged = Judged(reading.Metric) ?? reading.Value };
            at = metricCount++;
            if (at == metrics.Length)
            {
                Array.Resize(ref metrics, Math.Max(1, at * 2));
            }

            metrics[at] = untouched;
        }

        ref var next = ref metrics[at];
        next.AtMs = (reading.Flags & ReadingFlags.Late) == 0 ? reading.AtMs : next.AtMs;
        next.Judged = DeviceSlot.IsJudged(reading.Flags) ? reading.Value : next.Judged;
    }

    public void Remember(MessageKey key)
    {
        if (keyCount++ == 0)
        {
            first = key;
            return;
        }

        keys ??= [first.Key];
        contents ??= [first.Content];
        keys.Add(key.Key);
        contents.Add(key.Content);
    }

    /// <summary>Whether the batch so far or the window knows a message.</summary>
    public bool TryFind(ulong key, out ulong content)
    {
        if (keyCount > 0 && first.Key == key)
        {
            content = first.Content;
            return true;
        }

        var at = keys is null ? -1 : CollectionsMarshal.AsSpan(keys).IndexOf(key);
        if (at >= 0)
        {
            content = contents![at];
            return true;
        }

        content = 0;
        return Slot.Window is { } window && window.TryFind(key, out content);
    }

    /// <summary>Whether a message of this event time can have fallen out of the window.</summary>
    public bool MayBeForgotten(long atMs) => Slot.Window is { } window && atMs <= window.ForgottenMs;

    private int IndexOf(string metric)
    {
        for (var i = 0; i < metricCount; i++)
        {
            if (ReferenceEquals(metrics[i].Metric, metric) || metrics[i].Metric == metric)
            {
                return i;
            }
        }

        return -1;
    }
}
