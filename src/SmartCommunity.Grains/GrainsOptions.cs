using System.ComponentModel.DataAnnotations;

namespace SmartCommunity.Grains;

/// <summary>Limits and times of the grains' room; section <c>Grains</c>. Every value is checked at start; docs/limits.md lists them.</summary>
public sealed record GrainsOptions
{
    public const string Section = "Grains";

    /// <summary>Messages in one grain call, and waiting in one lane.</summary>
    [Range(1, 4_096)]
    public int IngestBatchMessagesMax { get; init; } = 1_024;

    /// <summary>Messages waiting or on their way in all lanes of a silo.</summary>
    [Range(1, 4_000_000)]
    public int IngestQueuedMessagesMax { get; init; } = 65_536;

    /// <summary>A lane that was idle this long leaves memory.</summary>
    [Range(1, 86_400)]
    public int LaneIdleSeconds { get; init; } = 30;

    /// <summary>A snapshot is due after this many entries of a stream.</summary>
    [Range(16, 1_000_000)]
    public int SnapshotEveryEntries { get; init; } = 1_000;

    /// <summary>At least this long between two snapshots of a stream, however busy it is.</summary>
    [Range(0, 86_400)]
    public int SnapshotEverySeconds { get; init; } = 10;

    /// <summary>A grain that goes to sleep with at least this many entries after its snapshot writes a new one.</summary>
    [Range(1, 1_000_000)]
    public int SnapshotOnSleepEntries { get; init; } = 64;

    /// <summary>Old snapshots kept a stream for reading the past; beyond it every second one is forgotten.</summary>
    [Range(4, 4_096)]
    public int SnapshotMarksMax { get; init; } = 256;

    /// <summary>Idle grains leave memory after this time.</summary>
    [Range(65, 86_400)]
    public int GrainIdleSeconds { get; init; } = 900;

    /// <summary>Requests that may wait for one grain; more are rejected.</summary>
    [Range(16, 1_000_000)]
    public int GrainQueuedRequestsMax { get; init; } = 4_096;

    /// <summary>Watchers of the feed on one silo.</summary>
    [Range(1, 100_000)]
    public int WatchersMax { get; init; } = 1_000;

    /// <summary>Watchers of one district on one silo.</summary>
    [Range(1, 100_000)]
    public int WatchersPerDistrictMax { get; init; } = 200;

    /// <summary>A watcher hears at least this often, if only a cursor.</summary>
    [Range(1, 300)]
    public int FeedHeartbeatSeconds { get; init; } = 5;

    /// <summary>Entries of one feed page.</summary>
    [Range(1, 10_000)]
    public int FeedPageEntriesMax { get; init; } = 512;

    /// <summary>Entries of the log kept in memory for watchers; a slower watcher reads the store.</summary>
    [Range(1, 1_000_000)]
    public int FeedRingEntriesMax { get; init; } = 16_384;

    /// <summary>Time between two looks at the due rows of a district.</summary>
    [Range(100, 600_000)]
    public int SweepEveryMs { get; init; } = 1_000;

    /// <summary>Due rows read at a time.</summary>
    [Range(1, 10_000)]
    public int SweepRowsMax { get; init; } = 512;

    /// <summary>Owners woken at the same time.</summary>
    [Range(1, 256)]
    public int SweepParallelMax { get; init; } = 16;

    /// <summary>Time between two looks whether every district has its sweeper.</summary>
    [Range(1, 3_600)]
    public int SweeperCheckSeconds { get; init; } = 30;

    /// <summary>Readings received longer ago than this are dropped, segment by segment.</summary>
    [Range(1, 36_500)]
    public int ReadingsKeptDays { get; init; } = 400;

    /// <summary>Time between two looks for readings to drop.</summary>
    [Range(1, 8_760)]
    public int RetentionEveryHours { get; init; } = 24;

    /// <summary>Device routes and API keys kept in memory, each.</summary>
    [Range(1, 10_000_000)]
    public int CredentialsCachedMax { get; init; } = 100_000;

    /// <summary>Records in one page of a list.</summary>
    [Range(1, 10_000)]
    public int PageRecordsMax { get; init; } = 1_000;
}
