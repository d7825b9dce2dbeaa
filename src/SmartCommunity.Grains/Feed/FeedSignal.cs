namespace SmartCommunity.Grains.Feed;

/// <summary>Wakes everyone who waits. Take <see cref="Next"/> before looking at the state, then wait for it: a raise in between is not missed.</summary>
internal sealed class FeedSignal
{
    private TaskCompletionSource next = New();

    public Task Next => Volatile.Read(ref next).Task;

    public void Raise() => Interlocked.Exchange(ref next, New()).TrySetResult();

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
