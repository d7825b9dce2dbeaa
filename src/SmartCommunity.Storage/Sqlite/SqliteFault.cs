namespace SmartCommunity.Storage.Sqlite;

/// <summary>SQLite answered with an error code. Stays inside the store: callers see <see cref="StoreUnavailableException"/>.</summary>
internal sealed class SqliteFault(int code, string message) : Exception(message)
{
    /// <summary>The extended result code.</summary>
    public int Code { get; } = code;

    /// <summary>The machine is at fault (disk, lock, memory), not what was written: it can work again later.</summary>
    public bool IsEnvironment => (Code & 0xff) is Native.Busy or Native.Locked or Native.NoMemory or Native.ReadOnly or Native.IoError or Native.Corrupt
        or Native.Full or Native.CannotOpen or Native.Protocol or Native.NotADatabase;

    /// <summary>What is wrong and what to do, for readiness and callers.</summary>
    public string Sentence => (Code & 0xff) switch
    {
        Native.Full => "The disk that holds the store is full: free some space, and writing goes on by itself.",
        Native.ReadOnly => "The store's file is read-only: make the file and its folder writable, and writing goes on by itself.",
        Native.Busy or Native.Locked => "Another program keeps the store's file locked: close it, and writing goes on by itself.",
        Native.Corrupt or Native.NotADatabase => "The store's file is damaged: stop the program and restore the file from a backup.",
        Native.NoMemory => "The store got no memory: free some, and writing goes on by itself.",
        Native.IoError or Native.CannotOpen or Native.Protocol =>
            "The disk that holds the store answers with errors or is full: check the disk; writing goes on by itself when it works again.",
        _ => "The store cannot write.",
    };
}
