using SmartCommunity.Grains.Observing;
using SmartCommunity.Storage;

namespace SmartCommunity.Grains.Ingest;

/// <summary>Counts the messages that wait in all lanes of the silo, and keeps them under the limit.</summary>
internal sealed class LaneGauge(int messagesMax, GrainMeters meters)
{
    private int waiting;

    public int Waiting => Volatile.Read(ref waiting);

    public bool TryTake()
    {
        if (Interlocked.Increment(ref waiting) <= messagesMax)
        {
            return true;
        }

        Interlocked.Decrement(ref waiting);
        return false;
    }

    public void Release(int count) => Interlocked.Add(ref waiting, -count);

    public void CallFailed(Exception exception) => meters.IngestFailed(exception is StoreUnavailableException ? "store" : "grain", exception);
}
