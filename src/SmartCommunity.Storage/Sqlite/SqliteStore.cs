namespace SmartCommunity.Storage.Sqlite;

/// <summary>
/// The journal, readings and views of a community in one SQLite file. One writer thread commits for everyone who waits; reads have their own connections.
/// </summary>
public sealed class SqliteStore : IJournal, IReadings, IViews, IStoreHealth, IStoreCopy, IDisposable, IAsyncDisposable
{
    private readonly SqliteStoreOptions _options;
    private readonly StoreFolder _folder;
    private readonly Connection _connection;
    private readonly CommitQueue _queue;
    private readonly CommitFeed _feed = new();
    private readonly Writer _writer;
    private readonly ReaderPool _readers;
    private readonly StreamReads _streams;
    private readonly FeedReads _feedReads;
    private readonly ReadingReads _readings;
    private readonly ViewReads _views;
    private readonly OnlineCopy _copy;
    private int _disposed;

    private SqliteStore(SqliteStoreOptions options, StoreFolder folder, Connection connection, long boot)
    {
        (_options, _folder, _connection) = (options, folder, connection);
        var heads = new Heads();
        var series = new SeriesCache();
        _queue = new CommitQueue(options);
        _copy = new OnlineCopy(options);
        _writer = new Writer(options, connection, heads, _queue, _feed, _copy, boot);
        _readers = new ReaderPool(options);
        _streams = new StreamReads(_readers, heads, series, _feed);
        _feedReads = new FeedReads(options, _readers, series, _feed);
        _readings = new ReadingReads(options, _readers, heads, series);
        _views = new ViewReads(options, _readers);
    }

    public string Folder => Path.GetFullPath(_options.Folder);

    int IStoreCopy.Schema => Schema.Newest;

    public long CopyBytes => _copy.Bytes();

    public long CommittedPosition => _feed.CommittedPosition;

    /// <summary>For Microsoft.Orleans.Persistence.AdoNet, invariant <c>System.Data.SQLite</c>: snapshots live in the same file.</summary>
    public string SnapshotConnectionString => _options.SnapshotConnectionString;

    public string? Trouble => _disposed != 0 ? "The store is closed." : _writer.Trouble;

    /// <summary>Opens the store of a folder, makes it when there is none, and brings it to this program's schema.</summary>
    /// <exception cref="ArgumentException">An option is wrong; its name is in the message.</exception>
    /// <exception cref="StoreUnavailableException">Another process holds the folder, files are missing or damaged, or the schema is newer; the message says what to do.</exception>
    public static SqliteStore Open(SqliteStoreOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        var folder = StoreFolder.Open(options);
        Connection? connection = null;
        try
        {
            connection = Connection.Open(options.File, readOnly: false, options.BusyTimeoutMs);
            var boot = StoreCheck.Prepare(options, connection);
            folder.MarkInUse();
            return new SqliteStore(options, folder, connection, boot);
        }
        catch (SqliteFault fault)
        {
            connection?.Dispose();
            folder.Dispose();
            throw new StoreUnavailableException($"The store in '{options.File}' cannot be opened. {fault.Sentence}", fault);
        }
        catch
        {
            connection?.Dispose();
            folder.Dispose();
            throw;
        }
    }

    public async ValueTask<Claim> ClaimAsync(StreamKey stream, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var work = _queue.Rent();
        work.Kind = WorkKind.Claim;
        work.Stream = stream;
        work.Bytes = 0;
        var answer = await Enqueue(work).ConfigureAwait(false);
        return new Claim(answer.FirstPosition, answer.Version);
    }

    public ValueTask<CommitResult> CommitAsync(Append append, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(append);
        cancellation.ThrowIfCancellationRequested();
        var bytes = AppendSize.Of(append);
        if (bytes > _options.MaxAppendBytes)
        {
            throw new ArgumentException($"The append has {bytes} bytes, more than the {_options.MaxAppendBytes} one append may have: split it.", nameof(append));
        }

        if (Trouble is { } trouble)
        {
            throw new StoreUnavailableException(trouble);
        }

        var work = _queue.Rent();
        work.Kind = WorkKind.Append;
        work.Append = append;
        work.Bytes = bytes;
        return Enqueue(work);
    }

    public async ValueTask CopyAsync(string file, long room, Action<long, long> onProgress, CancellationToken cancellation) =>
        await Task.Factory.StartNew(() => _copy.Run(file, room, onProgress, cancellation), cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false);

    public IAsyncEnumerable<JournalEntry> ReadStreamAsync(StreamKey stream, long afterPosition, CancellationToken cancellation) =>
        _streams.ReadAsync(stream, afterPosition, cancellation);

    public ValueTask<FeedPage> ReadFeedAsync(long afterPosition, int maxEntries, string? district, CancellationToken cancellation) =>
        _feedReads.ReadAsync(afterPosition, maxEntries, district, cancellation);

    public IDisposable Subscribe(Action<CommitNotice> onCommit)
    {
        ArgumentNullException.ThrowIfNull(onCommit);
        return _feed.Subscribe(onCommit);
    }

    public ValueTask<IReadOnlyList<StoredReading>> RangeAsync(ReadingRange range, CancellationToken cancellation) => _readings.RangeAsync(range, cancellation);

    public ValueTask<IReadOnlyList<ReadingBucket>> DownsampleAsync(ReadingRange range, long bucketMs, CancellationToken cancellation) =>
        _readings.DownsampleAsync(range, bucketMs, cancellation);

    public ValueTask<IReadOnlyList<StoredReading>> AtAsync(string district, string device, long atMs, CancellationToken cancellation) =>
        _readings.AtAsync(district, device, atMs, cancellation);

    public ValueTask<ReadingDigest> DigestAsync(string district, CancellationToken cancellation) => _readings.DigestAsync(district, cancellation);

    public async ValueTask<long> DropBeforeAsync(long receivedMs, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var work = _queue.Rent();
        work.Kind = WorkKind.Drop;
        work.BeforeMs = receivedMs;
        work.Bytes = 0;
        return (await Enqueue(work).ConfigureAwait(false)).FirstPosition;
    }

    public ValueTask<ViewRow?> GetAsync(string district, string kind, string id, CancellationToken cancellation) =>
        _views.GetAsync(district, kind, id, cancellation);

    public ValueTask<IReadOnlyList<ViewRow>> ListAsync(ViewQuery query, CancellationToken cancellation) => _views.ListAsync(query, cancellation);

    public ValueTask<long> CountAsync(string district, string kind, string areaPrefix, string? status, CancellationToken cancellation) =>
        _views.CountAsync(district, kind, areaPrefix, status, cancellation);

    public ValueTask<IReadOnlyList<ViewRow>> DueAsync(string district, long nowMs, int limit, CancellationToken cancellation) =>
        _views.DueAsync(district, nowMs, limit, cancellation);

    public ValueTask<IReadOnlyDictionary<string, long>> SumAsync(string district, string areaPrefix, string namePrefix, CancellationToken cancellation) =>
        _views.SumAsync(district, areaPrefix, namePrefix, cancellation);

    public ValueTask<IReadOnlyDictionary<string, long>> SumByChildAsync(
        string district, string areaPrefix, int childLength, string name, CancellationToken cancellation) =>
        _views.SumByChildAsync(district, areaPrefix, childLength, name, cancellation);

    public ValueTask<StoredKey?> FindKeyAsync(string district, string scope, string key, CancellationToken cancellation) =>
        _views.FindKeyAsync(district, scope, key, cancellation);

    public ValueTask<Lookup?> FindLookupAsync(string scope, string key, CancellationToken cancellation) => _views.FindLookupAsync(scope, key, cancellation);

    public ValueTask<IReadOnlyList<string>> DistrictsAsync(CancellationToken cancellation) => _views.DistrictsAsync(cancellation);

    /// <summary>Commits what waits, then closes.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        _writer.Dispose();
        _readers.Dispose();
        var isClosed = StoreCheck.TryEmptyLog(_connection);
        if (isClosed)
        {
            _folder.MarkClosed();
        }

        _connection.Dispose();

        // An export that was reading may have ended in between: then the last close moved the log into the database and removed it.
        if (!isClosed && !_folder.HasLog)
        {
            _folder.MarkClosed();
        }

        _folder.Dispose();
    }

    public ValueTask DisposeAsync() => new(Task.Run(Dispose));

    private ValueTask<CommitResult> Enqueue(PendingWork work)
    {
        if (_queue.TryAdd(work) is not { } refusal)
        {
            return new ValueTask<CommitResult>(work, work.Token);
        }

        work.Append = null;
        _queue.Return(work);
        throw new StoreUnavailableException(refusal);
    }
}
