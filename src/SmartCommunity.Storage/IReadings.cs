namespace SmartCommunity.Storage;

/// <summary>Reads sensor values. Times are Unix ms of the event time; ranges are [from, to).</summary>
public interface IReadings
{
    /// <summary>One device's readings, ascending by (time, position).</summary>
    ValueTask<IReadOnlyList<StoredReading>> RangeAsync(ReadingRange range, CancellationToken cancellation);

    /// <summary>Min, mean, max, last and count per bucket that holds a reading, ascending.</summary>
    ValueTask<IReadOnlyList<ReadingBucket>> DownsampleAsync(ReadingRange range, long bucketMs, CancellationToken cancellation);

    /// <summary>All readings of a device at exactly one event time: how a late repetition is recognised.</summary>
    ValueTask<IReadOnlyList<StoredReading>> AtAsync(string district, string device, long atMs, CancellationToken cancellation);

    /// <summary>Order-independent digest and count of all readings of a district (device, metric, time, value, message; neither positions nor receive times).</summary>
    ValueTask<ReadingDigest> DigestAsync(string district, CancellationToken cancellation);

    /// <summary>Drops whole segments in which every reading was received before the given time. Answers how many readings went.</summary>
    ValueTask<long> DropBeforeAsync(long receivedMs, CancellationToken cancellation);
}

/// <param name="Metric">One metric; null for all.</param>
/// <param name="AfterMs">Paging: go on after (time, position); null for the first page.</param>
public sealed record ReadingRange(
    string District,
    string Device,
    string? Metric,
    long FromMs,
    long ToMs,
    int Limit,
    long? AfterMs = null,
    long AfterPosition = 0,
    string Area = "");

public sealed record StoredReading(long Position, string Device, string Metric, long AtMs, long ReceivedMs, double Value, string? Message, int Flags);

public sealed record ReadingBucket(string Metric, long FromMs, long Count, double Min, double Mean, double Max, double Last);

public readonly record struct ReadingDigest(long Count, string Hash);
