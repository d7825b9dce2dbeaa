using SmartCommunity.Storage;

namespace SmartCommunity.Grains.Feed;

/// <summary>The live feed: the log after a cursor, then whatever is committed, without gap or repeat.</summary>
public interface IFeed
{
    /// <summary>
    /// Entries of one district after <paramref name="afterPosition"/> (null: from now on), filtered, in batches in order. A batch may be empty: a
    /// heartbeat whose <see cref="FeedBatch.Cursor"/> still advances. Ends only by cancellation.
    /// </summary>
    IAsyncEnumerable<FeedBatch> WatchAsync(string district, FeedFilter filter, long? afterPosition, CancellationToken cancellation);
}

/// <param name="AreaPrefix">Area code prefix; empty for all.</param>
/// <param name="Kinds">Feed kinds (<see cref="FeedKind"/>); empty for all.</param>
public sealed record FeedFilter(string AreaPrefix, IReadOnlySet<FeedKind> Kinds);

public enum FeedKind
{
    None = 0,
    Telemetry = 1,
    Alarm = 2,
    Report = 3,
    DeviceEvent = 4,
    Presence = 5,
    Directory = 6,
    Quarantine = 7,
    Command = 8,
}

public sealed record FeedItem(FeedKind Kind, JournalEntry Entry);

/// <param name="Cursor">Position to resume after.</param>
public sealed record FeedBatch(IReadOnlyList<FeedItem> Items, long Cursor);
