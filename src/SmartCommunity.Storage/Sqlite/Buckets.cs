using System.Runtime.InteropServices;

namespace SmartCommunity.Storage.Sqlite;

/// <summary>Min, mean, max, last and count per metric and bucket. Values that are not numbers are left out.</summary>
internal sealed class Buckets(long bucketMs)
{
    private readonly Dictionary<(string Metric, long From), Sums> _sums = [];

    public void Add(string metric, long atMs, long position, double value)
    {
        if (double.IsNaN(value))
        {
            return;
        }

        var from = atMs - (((atMs % bucketMs) + bucketMs) % bucketMs);
        ref var sums = ref CollectionsMarshal.GetValueRefOrAddDefault(_sums, (metric, from), out var exists);
        if (!exists)
        {
            sums = new Sums { Min = value, Max = value, LastAt = long.MinValue };
        }

        sums.Count++;
        sums.Total += value;
        sums.Min = Math.Min(sums.Min, value);
        sums.Max = Math.Max(sums.Max, value);
        if (atMs > sums.LastAt || (atMs == sums.LastAt && position > sums.LastPosition))
        {
            (sums.LastAt, sums.LastPosition, sums.Last) = (atMs, position, value);
        }
    }

    /// <summary>Ascending by (time, metric).</summary>
    public List<ReadingBucket> ToList(int limit) =>
        [.. _sums
            .Select(static pair => new ReadingBucket(
                pair.Key.Metric, pair.Key.From, pair.Value.Count, pair.Value.Min, pair.Value.Total / pair.Value.Count, pair.Value.Max, pair.Value.Last))
            .OrderBy(static bucket => bucket.FromMs)
            .ThenBy(static bucket => bucket.Metric, StringComparer.Ordinal)
            .Take(limit)];

    private struct Sums
    {
        public long Count;
        public double Total;
        public double Min;
        public double Max;
        public double Last;
        public long LastAt;
        public long LastPosition;
    }
}
