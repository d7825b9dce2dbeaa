using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.Ids;

namespace SmartCommunity.Domain.Twins;

/// <summary>What is known of a reading beyond its numbers. Stored with it as an integer.</summary>
[Flags]
public enum ReadingFlags
{
    None = 0,

    /// <summary>Older than the newest value of its metric: stored, but it changes neither the last value nor a clock.</summary>
    Late = 1,

    /// <summary>The event time is so old that the device's clock is suspect (1970); rules judge it all the same, they run on receive time.</summary>
    ClockSuspect = 2,

    /// <summary>The device told no time: the receive time stands for it.</summary>
    NoDeviceTime = 4,

    /// <summary>A further value of the message that the reading before it belongs to.</summary>
    Continued = 8,
}

/// <summary>One sensor value as the journal keeps it and as a twin folds it in. Times in Unix ms.</summary>
/// <param name="ReceivedMs">
/// Record time: when the newest message of the batch was received that this one came in. So record times never decrease inside a stream, and a twin
/// learns of a batch at once.
/// </param>
/// <param name="Message">The id of the message that brought it; null when it had none.</param>
public readonly record struct TwinReading(
    DeviceId Device,
    string Metric,
    AreaCode Area,
    long AtMs,
    long ReceivedMs,
    double Value,
    string? Message,
    ReadingFlags Flags = ReadingFlags.None);
