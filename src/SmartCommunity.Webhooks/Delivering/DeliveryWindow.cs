using SmartCommunity.Grains.Feed;

namespace SmartCommunity.Webhooks.Delivering;

/// <summary>
/// The events of a webhook that were read and are not answered yet. Of an entity (a stream of the log) only the oldest can be taken, and the next only when it
/// was answered; entities do not wait for each other. The cursor stands right before the oldest event that is not answered.
/// </summary>
internal sealed class DeliveryWindow(long after)
{
    private readonly Lock gate = new();
    private readonly SortedSet<long> open = [];
    private readonly Dictionary<string, Queue<Waiting>> entities = new(StringComparer.Ordinal);
    private readonly SortedSet<Waiting> ready = new(Comparer<Waiting>.Create((a, b) => a.Position.CompareTo(b.Position)));
    private long read = after;

    /// <summary>Everything up to here was answered, or does not concern the webhook.</summary>
    public long Cursor
    {
        get
        {
            lock (gate)
            {
                return open.Count == 0 ? read : open.Min - 1;
            }
        }
    }

    public int Count
    {
        get
        {
            lock (gate)
            {
                return open.Count;
            }
        }
    }

    public void Add(FeedItem item)
    {
        lock (gate)
        {
            var waiting = new Waiting(item);
            if (waiting.Position <= read)
            {
                throw new ArgumentException($"Position {waiting.Position} comes after {read}.", nameof(item));
            }

            read = waiting.Position;
            open.Add(read);
            if (!entities.TryGetValue(waiting.Entity, out var queue))
            {
                entities.Add(waiting.Entity, queue = new());
                ready.Add(waiting);
            }

            queue.Enqueue(waiting);
        }
    }

    /// <summary>Nothing up to the position concerns the webhook but what was added.</summary>
    public void ReadTo(long position)
    {
        lock (gate)
        {
            read = Math.Max(read, position);
        }
    }

    /// <summary>The oldest event whose entity has none under way; null when there is none.</summary>
    public Waiting? Take() => Take(static _ => true);

    /// <summary>The oldest event that has failed: it is what the others wait for.</summary>
    public Waiting? TakeFailed() => Take(static waiting => waiting.HasFailed);

    public void Answered(Waiting waiting)
    {
        lock (gate)
        {
            var queue = entities[waiting.Entity];
            if (queue.Peek() != waiting)
            {
                throw new ArgumentException($"Position {waiting.Position} was not under way.", nameof(waiting));
            }

            queue.Dequeue();
            open.Remove(waiting.Position);
            if (queue.TryPeek(out var next))
            {
                ready.Add(next);
            }
            else
            {
                entities.Remove(waiting.Entity);
            }
        }
    }

    /// <summary>It stays the first of its entity.</summary>
    public void PutBack(Waiting waiting)
    {
        lock (gate)
        {
            waiting.HasFailed = true;
            ready.Add(waiting);
        }
    }

    private Waiting? Take(Func<Waiting, bool> which)
    {
        lock (gate)
        {
            var found = ready.FirstOrDefault(which);
            if (found is not null)
            {
                ready.Remove(found);
            }

            return found;
        }
    }
}

/// <summary>An event on its way.</summary>
internal sealed class Waiting(FeedItem item)
{
    public FeedItem Item { get; } = item;

    public long Position => Item.Entry.Position;

    public string Entity => Item.Entry.Stream;

    public bool HasFailed { get; set; }
}
