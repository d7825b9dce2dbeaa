using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using SmartCommunity.Grains.Webhooks;
using SmartCommunity.Webhooks.Delivering;
using SmartCommunity.Webhooks.Sending;

namespace SmartCommunity.Webhooks;

/// <summary>Registers the delivery of webhooks.</summary>
public static class WebhookServices
{
    /// <summary>
    /// Adds the delivery as a hosted service and the probe. Needs the grains' room, and from the edge that owns the public contract an
    /// <see cref="Grains.Feed.IPublicEvents"/>. To be added after the silo: what is delivered last is written while the silo still runs.
    /// </summary>
    public static IServiceCollection AddSmartCommunityWebhooks(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(s => new WebhookClock(s.GetRequiredService<TimeProvider>()));
        services.AddSingleton<WebhookMeters>();
        services.AddSingleton<WebhookSender>();
        services.AddSingleton<IWebhookProbe>(s => s.GetRequiredService<WebhookSender>());
        services.AddSingleton<DeliveryRoom>();
        services.AddSingleton<WebhookDispatch>();
        services.AddHostedService(s => s.GetRequiredService<WebhookDispatch>());
        return services;
    }
}
