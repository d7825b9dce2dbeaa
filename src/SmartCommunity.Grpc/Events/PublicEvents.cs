using Google.Protobuf;
using SmartCommunity.Domain.Areas;
using SmartCommunity.Grains.Feed;

namespace SmartCommunity.Grpc.Events;

/// <summary>The JSON of an event, as REST answers it in a watch: every field that is no message is there, also when it is empty.</summary>
internal sealed class PublicEvents : IPublicEvents
{
    private static readonly JsonFormatter Json = new(JsonFormatter.Settings.Default.WithFormatDefaultValues(true));

    string IPublicEvents.Json(FeedItem item, AreaCode district) => Json.Format(EventMapping.ToProto(item, district));
}
