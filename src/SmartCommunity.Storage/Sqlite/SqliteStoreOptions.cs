namespace SmartCommunity.Storage.Sqlite;

/// <summary>How hard a commit is pressed onto the disk.</summary>
public enum SqliteSynchronous
{
    /// <summary>A commit that was answered survives a power cut.</summary>
    Full = 0,

    /// <summary>A commit that was answered survives a killed process, but not a power cut. Only as the control of tests.</summary>
    Normal = 1,
}

/// <summary>Where the store lives and its limits.</summary>
public sealed record SqliteStoreOptions
{
    public const string FileName = "smartcommunity.db";

    /// <summary>The folder that holds the database, its write-ahead log and its lock file; made when it is missing.</summary>
    public required string Folder { get; init; }

    /// <summary><see cref="SqliteSynchronous.Normal"/> only in tests.</summary>
    public SqliteSynchronous Synchronous { get; init; } = SqliteSynchronous.Full;

    /// <summary>Readings in a segment before it is sealed.</summary>
    public int SegmentRows { get; init; } = 65_536;

    /// <summary>Appends in one commit at most.</summary>
    public int MaxCommitAppends { get; init; } = 4_096;

    /// <summary>Bytes in one commit at most; a single larger append is a commit of its own.</summary>
    public int MaxCommitBytes { get; init; } = 1 << 20;

    /// <summary>Appends that may wait for the writer; the next one is refused.</summary>
    public int MaxQueueAppends { get; init; } = 65_536;

    /// <summary>Bytes that may wait for the writer; an append that would exceed them is refused.</summary>
    public long MaxQueueBytes { get; init; } = 64L << 20;

    /// <summary>Bytes of one append at most.</summary>
    public int MaxAppendBytes { get; init; } = 32 << 20;

    /// <summary>Read-only connections, and so reads at the same time; more of them wait.</summary>
    public int ReaderConnections { get; init; } = 4;

    /// <summary>Rows one read answers at most, whatever it asks for.</summary>
    public int MaxReadRows { get; init; } = 100_000;

    /// <summary>How long a commit waits for another program that holds the file's lock.</summary>
    public int BusyTimeoutMs { get; init; } = 2_000;

    /// <summary>Longest pause between two attempts to write while the store is in trouble.</summary>
    public int ProbeMsMax { get; init; } = 1_000;

    /// <summary>Pages of 4 KiB in the write-ahead log before the writer moves them into the database.</summary>
    public int CheckpointPages { get; init; } = 4_096;

    /// <summary>Size of the write-ahead log at which the writer waits for running reads, so that the log can start over.</summary>
    public long MaxLogBytes { get; init; } = 256L << 20;

    /// <summary>The database file is checked page by page at open when it is not larger than this.</summary>
    public long FullCheckBytesMax { get; init; } = 64L << 20;

    /// <summary>The largest size of the database file in pages; 0 for no limit but the disk's.</summary>
    public long MaxPages { get; init; }

    /// <summary>Full path of the database file.</summary>
    public string File => Path.Combine(Path.GetFullPath(Folder), FileName);

    /// <summary>For Microsoft.Orleans.Persistence.AdoNet with invariant <c>System.Data.SQLite</c>.</summary>
    public string SnapshotConnectionString => $"Data Source={File};Mode=ReadWrite;Cache=Private;Pooling=True;Default Timeout=30";

    /// <exception cref="ArgumentException">Names the option that is wrong.</exception>
    public void Validate()
    {
        if (string.IsNullOrWhiteSpace(Folder))
        {
            throw new ArgumentException("Folder must name a folder.", nameof(Folder));
        }

        Require(Enum.IsDefined(Synchronous), nameof(Synchronous), "Full or Normal");
        Require(SegmentRows is >= 16 and <= 1 << 20, nameof(SegmentRows), "16 to 1048576");
        Require(MaxCommitAppends is >= 1 and <= 65_536, nameof(MaxCommitAppends), "1 to 65536");
        Require(MaxCommitBytes is >= 1024 and <= 64 << 20, nameof(MaxCommitBytes), "1 KiB to 64 MiB");
        Require(MaxQueueAppends is >= 1 and <= 1 << 20, nameof(MaxQueueAppends), "1 to 1048576");
        Require(MaxQueueBytes is >= 1024 and <= 1L << 30, nameof(MaxQueueBytes), "1 KiB to 1 GiB");
        Require(MaxAppendBytes is >= 1024 and <= 256 << 20, nameof(MaxAppendBytes), "1 KiB to 256 MiB");
        Require(ReaderConnections is >= 1 and <= 64, nameof(ReaderConnections), "1 to 64");
        Require(MaxReadRows is >= 1 and <= 1_000_000, nameof(MaxReadRows), "1 to 1000000");
        Require(BusyTimeoutMs is >= 0 and <= 60_000, nameof(BusyTimeoutMs), "0 to 60000");
        Require(ProbeMsMax is >= 10 and <= 1_000, nameof(ProbeMsMax), "10 to 1000");
        Require(CheckpointPages is >= 100 and <= 1 << 20, nameof(CheckpointPages), "100 to 1048576");
        Require(MaxLogBytes >= 1 << 20, nameof(MaxLogBytes), "1 MiB or more");
        Require(FullCheckBytesMax >= 0, nameof(FullCheckBytesMax), "0 or more");
        Require(MaxPages is 0 or >= 64, nameof(MaxPages), "0, or 64 or more");
    }

    private static void Require(bool holds, string option, string allowed)
    {
        if (!holds)
        {
            throw new ArgumentException($"{option} must be {allowed}.", option);
        }
    }
}
