namespace SmartCommunity.Storage.Sqlite;

/// <summary>
/// The file of a store at rest: a backup, or a data folder whose process is stopped. Opened for reading only. While it is open no process can
/// take the folder.
/// </summary>
public sealed class StoreFile : IDisposable
{
    private readonly FileStream? _lock;
    private readonly Connection _connection;
    private readonly ReaderPool _readers;
    private readonly ReadingReads _readings;
    private readonly ViewReads _views;

    private StoreFile(SqliteStoreOptions options, FileStream? held, Connection connection)
    {
        (_lock, _connection) = (held, connection);
        _readers = new ReaderPool(options);
        _readings = new ReadingReads(options, _readers, new Heads(), new SeriesCache());
        _views = new ViewReads(options, _readers);
    }

    /// <summary>The newest schema this program knows.</summary>
    public static int NewestSchema => Schema.Newest;

    /// <param name="folder">Holds <see cref="SqliteStoreOptions.FileName"/>.</param>
    /// <exception cref="StoreUnavailableException">There is no store in the folder, a process uses it, or it cannot be read; the message says what to do.</exception>
    public static StoreFile Open(string folder)
    {
        var options = new SqliteStoreOptions { Folder = folder };
        if (!File.Exists(options.File))
        {
            throw new StoreUnavailableException($"There is no store in '{folder}': the file {SqliteStoreOptions.FileName} is missing.");
        }

        var held = StoreFolder.HoldAtRest(options);
        Connection? connection = null;
        try
        {
            connection = Connection.Open(options.File, readOnly: true, options.BusyTimeoutMs);
            if (connection.Scalar("SELECT count(*) FROM sqlite_master WHERE name IN ('meta', 'journal', 'segments')") != 3)
            {
                throw new StoreUnavailableException($"'{options.File}' is a database, but no store of this product.");
            }

            return new StoreFile(options, held, connection);
        }
        catch (SqliteFault fault)
        {
            connection?.Dispose();
            held?.Dispose();
            throw new StoreUnavailableException($"'{options.File}' cannot be read. {fault.Sentence}", fault);
        }
        catch
        {
            connection?.Dispose();
            held?.Dispose();
            throw;
        }
    }

    public ValueTask<IReadOnlyList<ViewRow>> ListAsync(ViewQuery query, CancellationToken cancellation) => _views.ListAsync(query, cancellation);

    public ValueTask<ReadingDigest> DigestAsync(string district, CancellationToken cancellation) => _readings.DigestAsync(district, cancellation);

    public ValueTask<IReadOnlyList<string>> DistrictsAsync(CancellationToken cancellation) => _views.DistrictsAsync(cancellation);

    public ValueTask<IReadOnlyDictionary<string, long>> SumAsync(string district, CancellationToken cancellation) => _views.SumAsync(district, "", "", cancellation);

    public StoreFigures Figures() => new StoreReview(_connection).Figures();

    /// <summary>Everything that can be seen without knowing what the entries mean; empty when the file is sound.</summary>
    public IReadOnlyList<StoreFault> Review(CancellationToken cancellation)
    {
        try
        {
            return [.. new StoreReview(_connection).Faults(cancellation)];
        }
        catch (SqliteFault fault)
        {
            return [new StoreFault("integrity", fault.Sentence)];
        }
    }

    public void Dispose()
    {
        _readers.Dispose();
        _connection.Dispose();
        _lock?.Dispose();
    }
}
