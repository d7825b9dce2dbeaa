using System.Threading.Tasks.Sources;

namespace SmartCommunity.Storage.Sqlite;

internal enum WorkKind
{
    Append = 0,
    Claim = 1,
    Drop = 2,
}

/// <summary>One caller that waits for the writer. Comes from the queue's pool and goes back when its answer is taken.</summary>
internal sealed class PendingWork(CommitQueue queue) : IValueTaskSource<CommitResult>
{
    // Continuations never run on the thread that completes: one slow caller must not delay the others.
    private ManualResetValueTaskSourceCore<CommitResult> _core = new() { RunContinuationsAsynchronously = true };

    public WorkKind Kind { get; set; }

    public Append? Append { get; set; }

    public StreamKey Stream { get; set; }

    public long BeforeMs { get; set; }

    public int Bytes { get; set; }

    /// <summary>Set by the writer; given to the caller by <see cref="Complete"/>.</summary>
    public CommitResult Result { get; set; }

    public Exception? Failure { get; set; }

    public short Token => _core.Version;

    public void Complete()
    {
        if (Failure is { } failure)
        {
            _core.SetException(failure);
        }
        else
        {
            _core.SetResult(Result);
        }
    }

    public CommitResult GetResult(short token)
    {
        try
        {
            return _core.GetResult(token);
        }
        finally
        {
            _core.Reset();
            Append = null;
            Stream = default;
            Result = default;
            Failure = null;
            queue.Return(this);
        }
    }

    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}

/// <summary>The bounded queue in front of the writer.</summary>
internal sealed class CommitQueue(SqliteStoreOptions options)
{
    private const int PooledWorks = 8_192;

    private readonly object _gate = new();
    private readonly Stack<PendingWork> _pool = new();
    private readonly Queue<PendingWork> _waiting = new();
    private long _waitingBytes;
    private bool _writerWaits;
    private bool _closed;

    public PendingWork Rent()
    {
        lock (_gate)
        {
            if (_pool.TryPop(out var work))
            {
                return work;
            }
        }

        return new PendingWork(this);
    }

    public void Return(PendingWork work)
    {
        lock (_gate)
        {
            if (_pool.Count < PooledWorks)
            {
                _pool.Push(work);
            }
        }
    }

    /// <summary>Answers null when the work is in the queue, else why it is not.</summary>
    public string? TryAdd(PendingWork work)
    {
        lock (_gate)
        {
            if (_closed)
            {
                return "The store is closed.";
            }

            if (_waiting.Count >= options.MaxQueueAppends)
            {
                return $"{options.MaxQueueAppends} appends already wait for the store: slow down and try again.";
            }

            if (_waitingBytes + work.Bytes > options.MaxQueueBytes)
            {
                return $"{options.MaxQueueBytes} bytes already wait for the store: slow down and try again.";
            }

            _waiting.Enqueue(work);
            _waitingBytes += work.Bytes;
            if (_writerWaits)
            {
                _writerWaits = false;
                Monitor.Pulse(_gate);
            }

            return null;
        }
    }

    /// <summary>
    /// Takes everything that waits, up to the limits of a commit; waits for the first one. Answers false when the queue is closed and empty. After
    /// <paramref name="timeoutMs"/> (-1 for never) it answers true with nothing taken.
    /// </summary>
    public bool Take(List<PendingWork> into, int timeoutMs)
    {
        lock (_gate)
        {
            if (_waiting.Count == 0 && !_closed)
            {
                _writerWaits = true;
                _ = Monitor.Wait(_gate, timeoutMs);
                _writerWaits = false;
            }

            var bytes = 0L;
            while (into.Count < options.MaxCommitAppends && _waiting.TryPeek(out var next) && (bytes == 0 || bytes + next.Bytes <= options.MaxCommitBytes))
            {
                bytes += next.Bytes;
                into.Add(_waiting.Dequeue());
            }

            _waitingBytes -= bytes;
            return into.Count > 0 || !_closed;
        }
    }

    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            Monitor.PulseAll(_gate);
        }
    }
}
