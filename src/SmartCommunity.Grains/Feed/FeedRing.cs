using SmartCommunity.Storage;

namespace SmartCommunity.Grains.Feed;

/// <summary>A stretch of the log: every entry with a position in (<paramref name="After"/>, <paramref name="Through"/>].</summary>
internal sealed record FeedStretch(long After, long Through, IReadOnlyList<JournalEntry> Entries);

/// <summary>The last stretches of the log, shared by all watchers of a silo. They follow each other without a hole.</summary>
internal sealed class FeedRing(int entriesMax)
{
    private const int StretchesMax = 1_024;

    private readonly Lock gate = new();
    private readonly FeedStretch[] slots = new FeedStretch[StretchesMax];
    private long first;
    private long count;
    private long entries;
    private long through;

    /// <summary>Where the tail goes on.</summary>
    public long Through
    {
        get
        {
            lock (gate)
            {
                return through;
            }
        }
    }

    /// <summary>Entries held now; at most the limit, or one stretch.</summary>
    public long Entries
    {
        get
        {
            lock (gate)
            {
                return entries;
            }
        }
    }

    /// <summary>Forgets everything; the next stretch begins after <paramref name="position"/>.</summary>
    public void Restart(long position)
    {
        lock (gate)
        {
            Array.Clear(slots);
            (first, count, entries, through) = (0, 0, 0, position);
        }
    }

    public void Push(FeedStretch stretch)
    {
        lock (gate)
        {
            if (stretch.After != through)
            {
                throw new ArgumentException($"A stretch after {stretch.After} does not follow {through}.", nameof(stretch));
            }

            while (count == StretchesMax || (count > 0 && entries + stretch.Entries.Count > entriesMax))
            {
                entries -= At(0).Entries.Count;
                slots[first % StretchesMax] = null!;
                first++;
                count--;
            }

            slots[(first + count++) % StretchesMax] = stretch;
            entries += stretch.Entries.Count;
            through = stretch.Through;
        }
    }

    /// <summary>
    /// The stretch in which a reader at <paramref name="cursor"/> goes on. Null and <paramref name="isBehind"/>: the ring no longer holds it, read
    /// the store. Null and not behind: nothing new.
    /// </summary>
    public FeedStretch? Find(long cursor, out bool isBehind)
    {
        lock (gate)
        {
            isBehind = cursor < through;
            if (!isBehind || count == 0 || cursor < At(0).After)
            {
                return null;
            }

            var (low, high) = (0L, count - 1);
            while (low < high)
            {
                var middle = (low + high) / 2;
                (low, high) = At(middle).Through > cursor ? (low, middle) : (middle + 1, high);
            }

            isBehind = false;
            return At(low);
        }
    }

    private FeedStretch At(long index) => slots[(first + index) % StretchesMax];
}
