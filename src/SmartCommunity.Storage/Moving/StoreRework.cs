using SmartCommunity.Storage.Sqlite;

namespace SmartCommunity.Storage.Moving;

/// <summary>
/// A change of a store at rest, made in a copy beside it that takes its place when all is well: whenever the process ends, the store is as before or as after. No
/// process can take the folder meanwhile.
/// </summary>
public sealed class StoreRework : IDisposable
{
    /// <summary>Folder of the copy, inside the data folder. One that a killed process left is cleared by the next.</summary>
    public const string SideName = "import.part";

    private readonly SqliteStoreOptions _options;
    private readonly SqliteStoreOptions _side;
    private readonly StoreFolder _held;

    private StoreRework(SqliteStoreOptions options, StoreFolder held)
    {
        (_options, _held) = (options, held);
        _side = new SqliteStoreOptions { Folder = Path.Combine(Path.GetFullPath(options.Folder), SideName) };
    }

    /// <summary>Folder of the copy.</summary>
    public string Side => _side.Folder;

    /// <param name="folder">A data folder whose process is stopped, or a new one.</param>
    /// <exception cref="StoreUnavailableException">A process uses the folder, or the disk is too small or fails; the message says what to do.</exception>
    public static StoreRework Begin(string folder)
    {
        var options = new SqliteStoreOptions { Folder = folder };
        var rework = new StoreRework(options, StoreFolder.Open(options));
        try
        {
            rework.Clear();
            rework.Copy();
            return rework;
        }
        catch (Exception failure)
        {
            rework.Dispose();
            throw failure is IOException or UnauthorizedAccessException ? rework.Unwritable(failure) : failure;
        }
    }

    /// <summary>Writes a district's rows into the copy; answers how far positions moved.</summary>
    /// <param name="moveView">Answers the body of a view row (kind, body, shift) with the positions in it moved.</param>
    /// <exception cref="DistrictFileException">A row does not fit the store.</exception>
    public long Write(DistrictFile from, string file, Func<string, string, long, string> moveView, CancellationToken cancellation)
    {
        try
        {
            using var connection = Connection.Open(_side.File, readOnly: false, _side.BusyTimeoutMs);
            return new DistrictRows(connection, from, _side.SegmentRows, moveView).Write(file, cancellation);
        }
        catch (SqliteFault fault)
        {
            throw new StoreUnavailableException($"The copy in '{Side}' cannot be written. {fault.Sentence}", fault);
        }
    }

    /// <summary>Puts the copy in the place of the store.</summary>
    public void Commit()
    {
        try
        {
            // Everything into the one file, which alone moves.
            SqliteStore.Open(_side).Dispose();
            RequireNoLog(_side);
            RequireNoLog(_options);
            _held.MarkClosed();
            using (var file = new FileStream(_side.File, FileMode.Open, FileAccess.ReadWrite))
            {
                file.Flush(flushToDisk: true);
            }

            File.Move(_side.File, _options.File, overwrite: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw Unwritable(failure);
        }
    }

    public void Dispose()
    {
        try
        {
            Clear();
        }
        finally
        {
            _held.Dispose();
        }
    }

    private void Clear()
    {
        if (Directory.Exists(Side))
        {
            Directory.Delete(Side, recursive: true);
        }
    }

    private void Copy()
    {
        _ = OperatingSystem.IsWindows()
            ? Directory.CreateDirectory(Side)
            : Directory.CreateDirectory(Side, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        if (File.Exists(_options.File))
        {
            EmptyLog();
            var (needed, free) = (new FileInfo(_options.File).Length, new DriveInfo(Side).AvailableFreeSpace);
            if (free < needed)
            {
                throw new StoreUnavailableException($"The work needs a copy of the store, {needed:N0} bytes, but its disk has {free:N0} free: free some space.");
            }

            File.Copy(_options.File, _side.File);
        }

        // Made when there is none, and brought to this program's schema.
        SqliteStore.Open(_side).Dispose();
    }

    private void EmptyLog()
    {
        try
        {
            using var connection = Connection.Open(_options.File, readOnly: false, _options.BusyTimeoutMs);
            if (!StoreCheck.TryEmptyLog(connection))
            {
                throw new StoreUnavailableException($"The write-ahead log of '{_options.File}' cannot be emptied: end what reads the store, then repeat this.");
            }

            _held.MarkClosed();
        }
        catch (SqliteFault fault)
        {
            throw new StoreUnavailableException($"'{_options.File}' cannot be read. {fault.Sentence}", fault);
        }

        RequireNoLog(_options);
    }

    /// <summary>A log beside the file belongs to the file as it is; another file may not come into its place.</summary>
    private static void RequireNoLog(SqliteStoreOptions options)
    {
        if (new FileInfo(options.File + "-wal") is { Exists: true, Length: > 0 })
        {
            throw new StoreUnavailableException($"Another program works with '{options.File}': end it, then repeat this.");
        }
    }

    private StoreUnavailableException Unwritable(Exception cause) => new($"The folder '{_options.Folder}' cannot be written: check it and its disk.", cause);
}
