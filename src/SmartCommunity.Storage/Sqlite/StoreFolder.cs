using System.Text;

namespace SmartCommunity.Storage.Sqlite;

/// <summary>
/// The folder of one store, held by one process. The lock file also remembers whether the store was closed in an orderly way: if it was not, its write-ahead log must still
/// be there, for it holds commits that were answered.
/// </summary>
internal sealed class StoreFolder : IDisposable
{
    public const string LockFileName = "smartcommunity.lock";

    private static readonly byte[] InUse = "in use\n"u8.ToArray();
    private static readonly byte[] Closed = "closed\n"u8.ToArray();

    /// <summary>How Linux (11), macOS (35) and Windows say that somebody else has the file.</summary>
    private static readonly int[] HeldByAnother = [11, 35, unchecked((int)0x80070020)];

    private readonly FileStream _lock;
    private readonly string _log;

    private StoreFolder(FileStream @lock, string log, bool wasInUse) => (_lock, _log, WasInUse) = (@lock, log, wasInUse);

    /// <summary>The process that had the store before did not close it.</summary>
    public bool WasInUse { get; }

    /// <summary>The write-ahead log is there; SQLite removes it when the last connection has moved all of it into the database.</summary>
    public bool HasLog => File.Exists(_log);

    /// <exception cref="StoreUnavailableException">Another process holds the folder, or files are missing that hold what was answered.</exception>
    public static StoreFolder Open(SqliteStoreOptions options)
    {
        var folder = Path.GetFullPath(options.Folder);
        FileStream held;
        try
        {
            _ = Directory.CreateDirectory(folder);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new StoreUnavailableException($"The folder '{folder}' cannot be made: choose another one, or make its parent writable.", cause);
        }

        try
        {
            held = new FileStream(Path.Combine(folder, LockFileName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (IOException cause) when (HeldByAnother.Contains(cause.HResult))
        {
            throw new StoreUnavailableException($"Another process uses the store in '{folder}': stop it, or choose another folder.", cause);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new StoreUnavailableException($"The folder '{folder}' cannot be written: make it writable, or choose another one.", cause);
        }

        try
        {
            var opened = new StoreFolder(held, options.File + "-wal", ReadMark(held).StartsWith("in use", StringComparison.Ordinal));
            opened.RequireFiles(options);
            return opened;
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Keeps processes away from a folder at rest; null when it has no lock file, as a backup has none.</summary>
    /// <exception cref="StoreUnavailableException">A process uses the folder.</exception>
    public static FileStream? HoldAtRest(SqliteStoreOptions options)
    {
        var folder = Path.GetFullPath(options.Folder);
        try
        {
            return new FileStream(Path.Combine(folder, LockFileName), FileMode.Open, FileAccess.Read, FileShare.None, bufferSize: 0);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new StoreUnavailableException($"A process uses the store in '{folder}': stop it, or look at a backup of it instead.", cause);
        }
    }

    /// <summary>The same, but null also when a process uses the folder.</summary>
    public static FileStream? TryHoldAtRest(SqliteStoreOptions options)
    {
        try
        {
            return HoldAtRest(options);
        }
        catch (StoreUnavailableException)
        {
            return null;
        }
    }

    public void MarkInUse() => Write(InUse);

    /// <summary>Only after everything has been moved from the write-ahead log into the database.</summary>
    public void MarkClosed() => Write(Closed);

    public void Dispose() => _lock.Dispose();

    private static string ReadMark(FileStream file)
    {
        var bytes = new byte[16];
        return Encoding.ASCII.GetString(bytes, 0, file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false));
    }

    private void RequireFiles(SqliteStoreOptions options)
    {
        if (!File.Exists(options.File) || new FileInfo(options.File).Length == 0)
        {
            if (WasInUse || HasLog)
            {
                throw new StoreUnavailableException(
                    $"The database '{options.File}' is missing or empty, but its folder was in use: restore it from a backup, or empty the folder to begin anew.");
            }
        }
        else if (WasInUse && !HasLog)
        {
            throw new StoreUnavailableException(
                $"The write-ahead log '{_log}' is missing although the store was not closed, so answered commits may be gone: put it back or restore a backup. "
                + $"To go on without them, delete '{LockFileName}'.");
        }
    }

    private void Write(byte[] mark)
    {
        _lock.SetLength(0);
        _lock.Position = 0;
        _lock.Write(mark);
        _lock.Flush(flushToDisk: true);
    }
}
