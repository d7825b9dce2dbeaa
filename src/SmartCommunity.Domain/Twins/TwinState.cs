using SmartCommunity.Domain.Alarms;
using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.Buildings;
using SmartCommunity.Domain.Ids;

namespace SmartCommunity.Domain.Twins;

/// <summary>
/// A twin in memory: the fold of its stream. Mutable and owned by one grain; only <c>Apply</c> changes it, after the commit. Inside one commit
/// events and readings may be applied in either order.
/// </summary>
public sealed partial class TwinState
{
    private static readonly Alarm[] NoAlarms = [];

    private DeviceSlot[] slots = [];

    private Alarm[] alarms = NoAlarms;

    /// <summary>An untouched twin.</summary>
    public TwinState(TwinKey key, AreaCode district)
    {
        Key = key;
        District = district;
        Area = key.IsCell ? AreaCode.Parse(key.ToString()["cells/".Length..]) : district;
    }

    public TwinKey Key { get; }

    public AreaCode District { get; }

    /// <summary>The cell; the district while unassigned.</summary>
    public AreaCode Area { get; private set; }

    public Building? Building { get; private set; }

    /// <summary>Record time of the newest thing folded in, Unix ms; <see cref="long.MinValue"/> when untouched. Never decreases.</summary>
    public long RecordedMs { get; private set; } = long.MinValue;

    public int DeviceCount { get; private set; }

    /// <summary>Open alarms.</summary>
    public IReadOnlyList<Alarm> Alarms => alarms;

    internal ReadOnlySpan<DeviceSlot> Slots => slots.AsSpan(0, DeviceCount);

    internal DeviceSlot? Find(DeviceId device)
    {
        var at = IndexOf(device.ToString());
        return at >= 0 ? slots[at] : null;
    }

    internal Alarm? FindAlarm(AlarmId id)
    {
        foreach (var alarm in alarms)
        {
            if (alarm.Id == id)
            {
                return alarm;
            }
        }

        return null;
    }

    /// <summary>Folds in a reading.</summary>
    public void Apply(in TwinReading reading)
    {
        RecordedMs = Math.Max(RecordedMs, reading.ReceivedMs);
        Find(reading.Device)?.Apply(reading);
    }

    private int IndexOf(string device)
    {
        int low = 0, high = DeviceCount - 1;
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var order = string.CompareOrdinal(slots[middle].Id, device);
            if (order == 0)
            {
                return middle;
            }

            if (order < 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle - 1;
            }
        }

        return ~low;
    }

    private void Insert(DeviceSlot slot)
    {
        var at = IndexOf(slot.Id);
        if (at >= 0)
        {
            throw new InvalidOperationException($"Device {slot.Id} is mounted twice on {Key}.");
        }

        if (DeviceCount == slots.Length)
        {
            Array.Resize(ref slots, Math.Max(1, DeviceCount * 2));
        }

        at = ~at;
        Array.Copy(slots, at, slots, at + 1, DeviceCount - at);
        slots[at] = slot;
        DeviceCount++;
    }
}
