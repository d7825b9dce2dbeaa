namespace SmartCommunity.Storage.Sqlite;

/// <summary>What the writer tells the world after a commit: the position, the notices, the answers.</summary>
internal sealed class CommitFeed
{
    private readonly Lock _gate = new();
    private Action<CommitNotice>[] _subscribers = [];
    private long _committed;

    public long CommittedPosition => Volatile.Read(ref _committed);

    public void Advance(long position) => Volatile.Write(ref _committed, position);

    /// <summary>On the writer thread, so that notices keep the order of commits; before the answers, so that nobody reads a cached row older than its own write.</summary>
    public void Publish(long position, IReadOnlyList<ViewChanged> views)
    {
        if (position == _committed && views.Count == 0)
        {
            return;
        }

        Advance(position);
        var notice = new CommitNotice(position, views);
        foreach (var subscriber in Volatile.Read(ref _subscribers))
        {
            subscriber(notice);
        }
    }

    /// <summary>Answers the callers of a batch, off the writer thread.</summary>
    public static void Complete(List<PendingWork> batch)
    {
        if (batch.Count > 0)
        {
            _ = ThreadPool.UnsafeQueueUserWorkItem(static works => CompleteAll(works), batch, preferLocal: false);
        }
    }

    public IDisposable Subscribe(Action<CommitNotice> onCommit)
    {
        lock (_gate)
        {
            _subscribers = [.. _subscribers, onCommit];
        }

        return new Subscription(this, onCommit);
    }

    private static void CompleteAll(List<PendingWork> works)
    {
        foreach (var work in works)
        {
            work.Complete();
        }
    }

    private sealed class Subscription(CommitFeed feed, Action<CommitNotice> onCommit) : IDisposable
    {
        public void Dispose()
        {
            lock (feed._gate)
            {
                feed._subscribers = Array.FindAll(feed._subscribers, subscriber => subscriber != onCommit);
            }
        }
    }
}
