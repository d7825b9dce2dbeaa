using SmartCommunity.Domain.Twins;
using SmartCommunity.Grains.Twins;
using SmartCommunity.Storage;

namespace SmartCommunity.Grains.Ingest;

/// <summary>
/// The queue in front of one twin. At most one grain call is in flight; what arrives meanwhile is the next batch. The lane runs as a thread-pool item
/// so that a connection which decodes a whole buffer posts all of it before the first batch leaves. Two buffers take turns and are used again.
/// </summary>
internal sealed class TwinLane(ITwinGrain grain, LaneGauge gauge, int batchMax) : IThreadPoolWorkItem
{
    private const int FirstSlots = 4;

    private readonly Lock gate = new();
    private Slots filling = new(FirstSlots);
    private Slots spare = new(FirstSlots);
    private bool running;
    private bool retired;
    private bool used;

    internal enum Post
    {
        Taken,
        Full,

        /// <summary>The lane was dropped from memory meanwhile; look it up again.</summary>
        Retired,
    }

    public Post TryPost(in DeviceMessage message, IIngestReceipt receipt, long ticket)
    {
        lock (gate)
        {
            if (retired)
            {
                return Post.Retired;
            }

            if (filling.Count == batchMax || !gauge.TryTake())
            {
                return Post.Full;
            }

            filling.Add(message, receipt, ticket, batchMax);
            used = true;
            if (running)
            {
                return Post.Taken;
            }

            running = true;
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: true);
        return Post.Taken;
    }

    /// <summary>True when nothing happened since the last call; the lane then takes no more posts and may be forgotten.</summary>
    public bool TryRetire()
    {
        lock (gate)
        {
            retired = !used && !running && filling.Count == 0;
            used = false;
            return retired;
        }
    }

    void IThreadPoolWorkItem.Execute() => RunAsync().Ignore();

    private async Task RunAsync()
    {
        while (TakeBatch() is { } batch)
        {
            MessageOutcome[]? outcomes = null;
            try
            {
                outcomes = await grain.Ingest(new MessageBatch(batch.Messages, batch.Count)).ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                gauge.CallFailed(exception);
            }

            Answer(batch, outcomes);
        }
    }

    private Slots? TakeBatch()
    {
        lock (gate)
        {
            if (filling.Count == 0)
            {
                running = false;
                return null;
            }

            var batch = filling;
            filling = spare;
            return batch;
        }
    }

    private void Answer(Slots batch, MessageOutcome[]? outcomes)
    {
        gauge.Release(batch.Count);
        for (var i = 0; i < batch.Count; i++)
        {
            if (outcomes is not null)
            {
                batch.Receipts[i].Complete(batch.Tickets[i], outcomes[i]);
            }
            else
            {
                batch.Receipts[i].Fail(batch.Tickets[i]);
            }
        }

        // After a failed call (a time-out, say) the grain may still be reading the messages: that buffer is never used again.
        spare = outcomes is null ? new(FirstSlots) : batch.Emptied();
    }

    /// <summary>Messages and whom to tell, in step. Arrays grow to the batch limit and stay.</summary>
    private sealed class Slots(int slots)
    {
        public DeviceMessage[] Messages = new DeviceMessage[slots];
        public IIngestReceipt[] Receipts = new IIngestReceipt[slots];
        public long[] Tickets = new long[slots];
        public int Count;

        public void Add(in DeviceMessage message, IIngestReceipt receipt, long ticket, int limit)
        {
            if (Count == Messages.Length)
            {
                var next = Math.Min(limit, Count * 4);
                Array.Resize(ref Messages, next);
                Array.Resize(ref Receipts, next);
                Array.Resize(ref Tickets, next);
            }

            Messages[Count] = message;
            Receipts[Count] = receipt;
            Tickets[Count++] = ticket;
        }

        public Slots Emptied()
        {
            Array.Clear(Messages, 0, Count);
            Array.Clear(Receipts, 0, Count);
            Count = 0;
            return this;
        }
    }
}
