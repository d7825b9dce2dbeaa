using SmartCommunity.Domain.Alarms;
using SmartCommunity.Domain.Ids;

namespace SmartCommunity.Domain.Twins;

public sealed partial class TwinState
{
    /// <summary>The twin as readers see it.</summary>
    public TwinView ToView() => new(
        Key,
        Area,
        Building,
        [.. Slots.ToArray().Select(SensorOf)],
        [.. alarms],
        RecordedMs == long.MinValue ? null : DateTimeOffset.FromUnixTimeMilliseconds(RecordedMs),
        [.. Slots.ToArray().SelectMany(s => s.Commands)]);

    internal TwinSnapshot ToSnapshot() => new(
        TwinSnapshotCodec.Version, Key, District, Area, Building, RecordedMs, [.. Slots.ToArray().Select(SnapshotOf)], [.. alarms]);

    internal static TwinState FromSnapshot(TwinSnapshot snapshot)
    {
        var state = new TwinState(snapshot.Key, snapshot.District)
        {
            Area = snapshot.Area,
            Building = snapshot.Building,
            RecordedMs = snapshot.RecordedMs,
            alarms = snapshot.Alarms,
        };
        foreach (var device in snapshot.Devices)
        {
            state.Insert(SlotOf(device));
        }

        return state;
    }

    private static SensorView SensorOf(DeviceSlot slot) => new(
        slot.Device.Id,
        slot.Device.Name,
        slot.Device.Profile,
        slot.Online,
        slot.Device.Revoked,
        slot.LastSeenMs == long.MinValue ? null : DateTimeOffset.FromUnixTimeMilliseconds(slot.LastSeenMs),
        [
            .. slot.Metrics
                .Where(m => m.AtMs != long.MinValue)
                .OrderBy(m => m.Metric, StringComparer.Ordinal)
                .Select(m => new SensorValue(
                    m.Metric, m.Value, DateTimeOffset.FromUnixTimeMilliseconds(m.AtMs), DateTimeOffset.FromUnixTimeMilliseconds(m.ReceivedMs), m.Message)),
        ]);

    private static DeviceSnapshot SnapshotOf(DeviceSlot slot) => new(
        slot.Device,
        slot.Online,
        slot.LastSeenMs,
        slot.StateHash,
        [.. slot.Metrics.Select(m => new MetricSnapshot(m.Metric, m.Message, m.Value, m.Judged, m.AtMs, m.ReceivedMs))],
        [.. slot.Tracks.Select(t => new TrackSnapshot(t.Rule, t.Level, t.Alarm == default ? null : t.Alarm, t.Raised, t.Clocks))],
        slot.Window?.ToSnapshot(),
        slot.Commands.Length == 0 ? null : slot.Commands,
        slot.CommandsIssued);

    private static DeviceSlot SlotOf(DeviceSnapshot snapshot)
    {
        var slot = new DeviceSlot(snapshot.Device) { Online = snapshot.Online, LastSeenMs = snapshot.LastSeenMs, StateHash = snapshot.StateHash };
        slot.Commands = snapshot.Commands ?? slot.Commands;
        slot.CommandsIssued = snapshot.CommandsIssued;
        slot.Window = snapshot.Window is null ? null : DedupeWindow.FromSnapshot(snapshot.Window);
        slot.Restore(
            [
                .. snapshot.Metrics.Select(m => new MetricSlot
                {
                    Metric = string.Intern(m.Metric),
                    Message = m.Message,
                    Value = m.Value,
                    Judged = m.Judged,
                    AtMs = m.AtMs,
                    ReceivedMs = m.ReceivedMs,
                }),
            ],
            [.. snapshot.Tracks.Select(t => new RuleTrack(t.Rule, t.Level, t.Alarm ?? default, t.Raised, t.Clocks))]);
        return slot;
    }
}
