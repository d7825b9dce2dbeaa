namespace SmartCommunity.Grains.Streams;

/// <summary>The fold of a stream up to a position. It only shortens replay: losing one loses nothing.</summary>
[GenerateSerializer, Alias("sc.StreamSnapshot")]
internal sealed class StreamSnapshot
{
    /// <summary>Everything up to this position is folded in; 0 when there is none.</summary>
    [Id(0)] public long Position { get; set; }

    /// <summary>Record time of the last entry folded in, Unix ms.</summary>
    [Id(1)] public long RecordedMs { get; set; }

    /// <summary>The state as its own codec wrote it.</summary>
    [Id(2)] public byte[] State { get; set; } = [];

    /// <summary>Older snapshots that can be read, ascending.</summary>
    [Id(3)] public SnapshotMark[] Marks { get; set; } = [];
}

/// <summary>Where an older snapshot stands: valid for every instant from <paramref name="RecordedMs"/> on.</summary>
[GenerateSerializer, Immutable, Alias("sc.SnapshotMark")]
internal readonly record struct SnapshotMark([property: Id(0)] long Position, [property: Id(1)] long RecordedMs);
