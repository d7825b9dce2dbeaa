using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;

namespace SmartCommunity.Storage.Sqlite;

/// <summary>How hard a commit is pressed onto the disk.</summary>
public enum SqliteSynchronous
{
    /// <summary>A commit that was answered survives a power cut.</summary>
    Full = 0,

    /// <summary>A commit that was answered survives a killed process, but not a power cut. Only as the control of tests.</summary>
    Normal = 1,
}

/// <summary>Where the answer of a commit can still be lost.</summary>
internal enum CommitStep
{
    /// <summary>The rows are on the disk, the answer is not yet told.</summary>
    Done = 0,

    /// <summary>The answer was an error: the log is asked whether the rows are there.</summary>
    Asked = 1,
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
    [Range(16, 1 << 20)]
    public int SegmentRows { get; init; } = 65_536;

    /// <summary>Appends in one commit at most.</summary>
    [Range(1, 65_536)]
    public int MaxCommitAppends { get; init; } = 4_096;

    /// <summary>Bytes in one commit at most; a single larger append is a commit of its own.</summary>
    [Range(1_024, 64 << 20)]
    public int MaxCommitBytes { get; init; } = 1 << 20;

    /// <summary>Appends that may wait for the writer; the next one is refused.</summary>
    [Range(1, 1 << 20)]
    public int MaxQueueAppends { get; init; } = 65_536;

    /// <summary>Bytes that may wait for the writer; an append that would exceed them is refused.</summary>
    [Range(1_024, 1L << 30)]
    public long MaxQueueBytes { get; init; } = 64L << 20;

    /// <summary>Bytes of one append at most.</summary>
    [Range(1_024, 256 << 20)]
    public int MaxAppendBytes { get; init; } = 32 << 20;

    /// <summary>Read-only connections, and so reads at the same time; more of them wait.</summary>
    [Range(1, 64)]
    public int ReaderConnections { get; init; } = 4;

    /// <summary>Rows one read answers at most, whatever it asks for.</summary>
    [Range(1, 1_000_000)]
    public int MaxReadRows { get; init; } = 100_000;

    /// <summary>How long a commit waits for another program that holds the file's lock.</summary>
    [Range(0, 60_000)]
    public int BusyTimeoutMs { get; init; } = 2_000;

    /// <summary>Longest pause between two attempts to write while the store is in trouble.</summary>
    [Range(10, 1_000)]
    public int ProbeMsMax { get; init; } = 1_000;

    /// <summary>Pages of 4 KiB in the write-ahead log before the writer moves them into the database.</summary>
    [Range(100, 1 << 20)]
    public int CheckpointPages { get; init; } = 4_096;

    /// <summary>Size of the write-ahead log at which the writer waits for running reads, so that the log can start over.</summary>
    [Range(1 << 20, 1L << 40)]
    public long MaxLogBytes { get; init; } = 256L << 20;

    /// <summary>The database file is checked page by page at open when it is not larger than this.</summary>
    [Range(0, 1L << 40)]
    public long FullCheckBytesMax { get; init; } = 64L << 20;

    /// <summary>The largest size of the database file in pages; 0 for no limit but the disk's.</summary>
    [Range(0, 1L << 32)]
    public long MaxPages { get; init; }

    /// <summary>Called with each commit that is on the disk, and again when its rows are looked for. Tests throw here what a failing disk may answer.</summary>
    internal Action<CommitStep>? OnCommit { get; init; }

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
        foreach (var property in typeof(SqliteStoreOptions).GetProperties())
        {
            if (property.GetCustomAttribute<RangeAttribute>() is { } range)
            {
                Require(range.IsValid(property.GetValue(this)), property.Name, string.Create(CultureInfo.InvariantCulture, $"{range.Minimum} to {range.Maximum}"));
            }
        }

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
