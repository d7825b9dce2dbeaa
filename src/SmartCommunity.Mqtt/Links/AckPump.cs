using System.Collections.Concurrent;

namespace SmartCommunity.Mqtt.Links;

/// <summary>
/// Writes the acknowledgements of all connections, one after the other on one thread-pool item. A commit completes messages of hundreds of
/// connections at once; an item each would wake a thread each. Holds every ring at most once, so it is as long as there are connections.
/// </summary>
internal sealed class AckPump : IThreadPoolWorkItem
{
    private readonly ConcurrentQueue<AckRing> ready = new();
    private int running;

    public void Add(AckRing ring)
    {
        ready.Enqueue(ring);
        if (Interlocked.CompareExchange(ref running, 1, 0) == 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    public void Execute()
    {
        do
        {
            while (ready.TryDequeue(out var ring))
            {
                ring.Drain();
            }

            Interlocked.Exchange(ref running, 0);
        }
        while (!ready.IsEmpty && Interlocked.CompareExchange(ref running, 1, 0) == 0);
    }
}
