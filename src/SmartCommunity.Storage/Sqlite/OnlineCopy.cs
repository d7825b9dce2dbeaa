namespace SmartCommunity.Storage.Sqlite;

/// <summary>
/// Copies the database page by page inside one read transaction of its own connection. Because that transaction is open all the time, what is copied is one state, and the copy
/// never has to begin again when a commit comes between two steps.
/// </summary>
internal sealed class OnlineCopy(SqliteStoreOptions options)
{
    private const int PageBytes = 4_096;

    /// <summary>Pages of one step; between two steps the copy reports, looks at the disk and may be ended.</summary>
    private const int PagesPerStep = 1_024;

    private int _running;

    /// <summary>While a copy reads, the write-ahead log cannot start over; the writer then does not wait for it.</summary>
    public bool IsRunning => Volatile.Read(ref _running) > 0;

    /// <summary>Size of the database with what still stands in the write-ahead log, as the next copy would see it.</summary>
    public long Bytes()
    {
        using var source = Connection.Open(options.File, readOnly: true, options.BusyTimeoutMs);
        return source.Scalar("PRAGMA page_count") * PageBytes;
    }

    public void Run(string file, long room, Action<long, long> onProgress, CancellationToken cancellation)
    {
        Interlocked.Increment(ref _running);
        try
        {
            Create(file);
            Copy(file, room, onProgress, cancellation);
        }
        catch (Exception failure)
        {
            Remove(file);
            throw failure switch
            {
                SqliteFault fault => new StoreUnavailableException($"The copy '{file}' cannot be written. {fault.Sentence}", fault),
                UnauthorizedAccessException or IOException => new StoreUnavailableException($"The copy '{file}' cannot be written: check its folder and disk.", failure),
                _ => failure,
            };
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    /// <summary>Free bytes of the disk that holds a path.</summary>
    public static long FreeBytes(string path) => new DriveInfo(Path.GetFullPath(path)).AvailableFreeSpace;

    private void Copy(string file, long room, Action<long, long> onProgress, CancellationToken cancellation)
    {
        using var source = Connection.Open(options.File, readOnly: true, options.BusyTimeoutMs);
        using (var target = Connection.Open(file, readOnly: false, options.BusyTimeoutMs))
        {
            // Nobody reads the file before it is whole, so it needs no journal of its own; it is pressed onto the disk at its end.
            target.Execute("PRAGMA journal_mode = OFF");
            target.Execute("PRAGMA synchronous = FULL");
            source.Execute("BEGIN");
            _ = source.Scalar("SELECT count(*) FROM meta");
            var bytes = source.Scalar("PRAGMA page_count") * PageBytes;
            RequireRoom(file, bytes, room);
            using var pages = new PageCopy(source, target);
            while (pages.Step(PagesPerStep))
            {
                cancellation.ThrowIfCancellationRequested();
                onProgress(bytes - Math.Min(bytes, pages.Remaining * (long)PageBytes), bytes);
                RequireRoom(file, pages.Remaining * (long)PageBytes, room);
            }

            onProgress(bytes, bytes);
        }

        source.Execute("COMMIT");

        // The copy says it has a write-ahead log, as its source has. One file that stands alone has none.
        using var finished = Connection.Open(file, readOnly: false, options.BusyTimeoutMs);
        finished.Execute("PRAGMA journal_mode = DELETE");
    }

    private static void RequireRoom(string file, long bytes, long room)
    {
        var free = FreeBytes(file);
        if (free < bytes + room)
        {
            throw new StoreUnavailableException(
                $"The copy needs {bytes:N0} more bytes and {room:N0} must stay free, but '{Path.GetDirectoryName(file)}' has {free:N0}: free some space, or choose another folder.");
        }
    }

    private static void Create(string file)
    {
        var create = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            create.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        new FileStream(file, create).Dispose();
    }

    private static void Remove(string file)
    {
        foreach (var part in (string[])[file, file + "-journal", file + "-wal", file + "-shm"])
        {
            File.Delete(part);
        }
    }
}
