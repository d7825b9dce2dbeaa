using SmartCommunity.Storage.Moving;

namespace SmartCommunity.Storage.Sqlite;

/// <summary>
/// The file of a store at rest: a backup, or a data folder whose process is stopped. Opened for reading only. While it is open no process can
/// take the folder. Opened beside a process that works, it shows the moment of its opening.
/// </summary>
public sealed class StoreFile : IDisposable
{
    private readonly FileStream? _lock;
    private readonly Connection _connection;
    private readonly ReaderPool _readers;
    private readonly ReadingReads _readings;
    private readonly ViewReads _views;

    private StoreFile(SqliteStoreOptions options, FileStream? held, Connection connection, bool isMoment)
    {
        (_lock, _connection) = (held, connection);
        _readers = new ReaderPool(options, isMoment ? connection : null);
        _readings = new ReadingReads(options, _readers, new Heads(), new SeriesCache());
        _views = new ViewReads(options, _readers);
    }

    /// <summary>The newest schema this program knows.</summary>
    public static int NewestSchema => Schema.Newest;

    /// <param name="folder">Holds <see cref="SqliteStoreOptions.FileName"/>.</param>
    /// <exception cref="StoreUnavailableException">There is no store in the folder, a process uses it, or it cannot be read; the message says what to do.</exception>
    public static StoreFile Open(string folder)
    {
        var options = OptionsOf(folder);
        return Open(options, StoreFolder.HoldAtRest(options), isMoment: false);
    }

    /// <summary>Also while a process works in the folder: all reads together see the state of this moment, whatever is committed after it.</summary>
    /// <exception cref="StoreUnavailableException">There is no store in the folder, or it cannot be read; the message says what to do.</exception>
    public static StoreFile OpenMoment(string folder)
    {
        var options = OptionsOf(folder);
        var held = StoreFolder.TryHoldAtRest(options);
        return held is null && Directory.Exists(Path.Combine(folder, StoreRework.SideName))
            ? throw new StoreUnavailableException($"A district is being imported into '{folder}': repeat this afterwards.")
            : Open(options, held, isMoment: true);
    }

    private static SqliteStoreOptions OptionsOf(string folder)
    {
        var options = new SqliteStoreOptions { Folder = folder };
        return File.Exists(options.File)
            ? options
            : throw new StoreUnavailableException($"There is no store in '{folder}': the file {SqliteStoreOptions.FileName} is missing.");
    }

    private static StoreFile Open(SqliteStoreOptions options, FileStream? held, bool isMoment)
    {
        Connection? connection = null;
        try
        {
            connection = Connection.Open(options.File, readOnly: true, options.BusyTimeoutMs);
            if (isMoment)
            {
                connection.Execute("BEGIN");
            }

            if (connection.Scalar("SELECT count(*) FROM sqlite_master WHERE name IN ('meta', 'journal', 'segments')") != 3)
            {
                throw new StoreUnavailableException($"'{options.File}' is a database, but no store of this product.");
            }

            return new StoreFile(isMoment ? options with { ReaderConnections = 1 } : options, held, connection, isMoment);
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

    /// <summary>Writes everything a district owns as text, packed; answers the last position of the store and the lines.</summary>
    /// <param name="stateHash">Of the district, read from here; it stands in the last line.</param>
    public ValueTask<(long Position, long Lines)> WriteAsync(string district, string stateHash, Stream to, CancellationToken cancellation) =>
        _readers.ReadLongAsync(connection => DistrictText.Write(connection, district, stateHash, to, cancellation), cancellation);

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
