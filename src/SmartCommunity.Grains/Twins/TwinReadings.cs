using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Domain.Twins;
using SmartCommunity.Storage;

namespace SmartCommunity.Grains.Twins;

/// <summary>Readings and keys in the domain's words and in the store's.</summary>
internal static class TwinReadings
{
    public static TwinReading Of(JournalEntry entry) => new(
        DeviceId.Parse(entry.Device ?? throw new FormatException("A reading without a device.")),
        entry.Metric ?? throw new FormatException("A reading without a metric."),
        AreaCode.Parse(entry.Area),
        entry.AtMs,
        entry.RecordedMs,
        entry.Value,
        entry.Message,
        (ReadingFlags)entry.Flags);

    /// <summary>A stored reading says nothing of its area; nothing that asks for one by time needs it.</summary>
    public static TwinReading Of(StoredReading reading) => new(
        DeviceId.Parse(reading.Device),
        reading.Metric,
        default,
        reading.AtMs,
        reading.ReceivedMs,
        reading.Value,
        reading.Message,
        (ReadingFlags)reading.Flags);

    public static NewReading[] ToStore(List<TwinReading> readings)
    {
        var stored = new NewReading[readings.Count];
        for (var i = 0; i < stored.Length; i++)
        {
            var reading = readings[i];
            stored[i] = new(
                reading.Device.ToString(),
                reading.Metric,
                reading.Area.ToString(),
                reading.AtMs,
                reading.ReceivedMs,
                reading.Value,
                reading.Message,
                (int)reading.Flags);
        }

        return stored;
    }

    public static NewKey[] ToStore(List<DecidedKey> keys)
    {
        var stored = new NewKey[keys.Count];
        for (var i = 0; i < stored.Length; i++)
        {
            stored[i] = new(keys[i].Scope, keys[i].Key, keys[i].Fingerprint, ReadOnlyMemory<byte>.Empty);
        }

        return stored;
    }
}
