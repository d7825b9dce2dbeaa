using Orleans;

namespace SmartCommunity.Domain.Commands;

/// <summary>What a writer expects to find: nothing (create), something (update, perhaps at one revision), or either (upsert, for imports).</summary>
[GenerateSerializer, Immutable, Alias("sc.WriteCondition")]
public readonly record struct WriteCondition
{
    [Id(0)] public bool MustBeNew { get; init; }

    [Id(1)] public bool MustExist { get; init; }

    /// <summary>The revision (etag) the writer saw; null when it does not care.</summary>
    [Id(2)] public long? Revision { get; init; }

    /// <summary>Check everything, answer as if written, write nothing.</summary>
    [Id(3)] public bool DryRun { get; init; }

    public static WriteCondition Create { get; } = new() { MustBeNew = true };

    public static WriteCondition Update(long? revision) => new() { MustExist = true, Revision = revision };

    public static WriteCondition Upsert { get; }
}
