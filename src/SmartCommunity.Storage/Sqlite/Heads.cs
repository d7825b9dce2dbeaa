using System.Collections.Concurrent;

namespace SmartCommunity.Storage.Sqlite;

/// <summary>The heads of all streams that this process has met. Filled by the writer (and once at open), read by readers for the hot segment.</summary>
internal sealed class Heads
{
    private readonly ConcurrentDictionary<StreamKey, StreamHead> _heads = new();
    private bool _hotIsLoading;

    /// <summary>While the hot segment is read into memory, readers must look at its rows instead.</summary>
    public bool HotIsLoading { get => Volatile.Read(ref _hotIsLoading); set => Volatile.Write(ref _hotIsLoading, value); }

    public StreamHead? Find(StreamKey stream) => _heads.TryGetValue(stream, out var head) ? head : null;

    public StreamHead GetOrAdd(StreamKey stream) => _heads.GetOrAdd(stream, static key => new StreamHead(key));

    /// <summary>After a failed transaction: what memory holds beyond the journal is read anew. Epochs stay.</summary>
    public void Forget()
    {
        foreach (var head in _heads.Values)
        {
            head.Version = -1;
            head.Series = null;
        }
    }

    public void ForgetHot()
    {
        foreach (var head in _heads.Values)
        {
            head.ForgetHot();
        }
    }
}
