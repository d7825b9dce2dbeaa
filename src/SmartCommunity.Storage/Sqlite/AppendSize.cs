namespace SmartCommunity.Storage.Sqlite;

/// <summary>Rough size of an append on the disk; what the limits in bytes count.</summary>
internal static class AppendSize
{
    private const int RowBytes = 64;
    private const int ReadingBytes = 40;

    public static int Of(Append append)
    {
        long bytes = RowBytes;
        for (var i = 0; i < append.Events.Count; i++)
        {
            bytes += RowBytes + append.Events[i].Body.Length;
        }

        foreach (ref readonly var reading in append.Readings.Span)
        {
            bytes += ReadingBytes + (reading.Message?.Length ?? 0);
        }

        for (var i = 0; i < append.Views.Count; i++)
        {
            bytes += RowBytes + (append.Views[i].Body?.Length ?? 0);
        }

        for (var i = 0; i < append.Keys.Count; i++)
        {
            bytes += RowBytes + append.Keys[i].Answer.Length;
        }

        bytes += (append.Counters.Count + append.Lookups.Count) * (long)RowBytes;
        return (int)Math.Min(bytes, int.MaxValue);
    }
}
