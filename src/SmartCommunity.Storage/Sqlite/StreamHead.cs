namespace SmartCommunity.Storage.Sqlite;

/// <summary>One reading of the hot segment, as memory knows it.</summary>
internal readonly record struct HotReading(long Position, long AtMs, long Series);

/// <summary>
/// What memory knows of one stream. Version, epoch and series belong to the writer thread; the readings of the hot segment are shared with readers under a lock, so that
/// nobody has to scan the hot segment, which has no index.
/// </summary>
internal sealed class StreamHead(StreamKey stream)
{
    private const int KeptCapacity = 64;

    private readonly Lock _gate = new();
    private HotReading[] _hot = [];
    private int _hotCount;
    private long _hotSegment;

    public StreamKey Stream { get; } = stream;

    /// <summary>0 while nobody has claimed the stream in this process.</summary>
    public long Epoch { get; set; }

    /// <summary>Number of events, also of the open transaction; -1 while it must be read from the journal.</summary>
    public long Version { get; set; } = -1;

    /// <summary>Null while it must be read.</summary>
    public SeriesTable? Series { get; set; }

    public void AddHot(long segment, ReadOnlySpan<HotReading> readings)
    {
        lock (_gate)
        {
            if (_hotSegment != segment)
            {
                _hotSegment = segment;
                _hotCount = 0;
                _hot = _hot.Length > KeptCapacity ? [] : _hot;
            }

            if (_hotCount + readings.Length > _hot.Length)
            {
                Array.Resize(ref _hot, Math.Max(_hotCount + readings.Length, _hot.Length * 2));
            }

            readings.CopyTo(_hot.AsSpan(_hotCount));
            _hotCount += readings.Length;
        }
    }

    public void ForgetHot()
    {
        lock (_gate)
        {
            _hotSegment = 0;
            _hotCount = 0;
            _hot = [];
        }
    }

    /// <summary>Adds the readings of a segment that match; nothing when memory holds another segment, which it then answers.</summary>
    public long CopyHot(long segment, long afterPosition, Func<HotReading, bool>? match, List<HotReading> into)
    {
        lock (_gate)
        {
            if (_hotSegment != segment)
            {
                return _hotSegment;
            }

            var hot = _hot.AsSpan(0, _hotCount);
            for (var i = FirstAfter(hot, afterPosition); i < hot.Length; i++)
            {
                if (match is null || match(hot[i]))
                {
                    into.Add(hot[i]);
                }
            }

            return segment;
        }
    }

    private static int FirstAfter(ReadOnlySpan<HotReading> hot, long position)
    {
        var low = 0;
        var high = hot.Length;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (hot[middle].Position > position)
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }

        return low;
    }
}
