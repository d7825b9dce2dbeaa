using Microsoft.Extensions.Options;
using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.Webhooks;
using SmartCommunity.Grains.Feed;
using SmartCommunity.Grains.Webhooks;
using SmartCommunity.Webhooks.Sending;

namespace SmartCommunity.Webhooks.Delivering;

/// <summary>What every delivery works with.</summary>
internal sealed class DeliveryRoom(
    IFeed feed, IPublicEvents events, WebhookSender sender, WebhookClock clock, IOptions<WebhookOptions> options, WebhookMeters meters)
{
    public IFeed Feed { get; } = feed;

    public TimeProvider Time { get; } = clock.Time;

    public WebhookOptions Options { get; } = options.Value;

    public WebhookMeters Meters { get; } = meters;

    /// <summary>Throws only when it is cancelled. An event that cannot be written stands in the way like a server that refuses it: nothing is skipped.</summary>
    public async Task<Attempt> SendAsync(AreaCode district, Webhook webhook, FeedItem item, CancellationToken cancellation)
    {
        CloudEvent message;
        try
        {
            message = CloudEvent.Of(item, events.Json(item, district));
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            Meters.Unreadable(item.Entry.Position, failure);
            return new(0, "The event cannot be read; the server's log tells more.", TimeSpan.Zero);
        }

        return await sender.SendAsync(district, webhook, message, cancellation);
    }
}
