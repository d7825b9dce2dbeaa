using SmartCommunity.Domain.Areas;

namespace SmartCommunity.Grains.Feed;

/// <summary>Writes an entry of the feed as the public contract shows it; the edge that owns the contract brings it.</summary>
public interface IPublicEvents
{
    /// <summary>The event as one JSON object, in the shape that a watch answers.</summary>
    string Json(FeedItem item, AreaCode district);
}
