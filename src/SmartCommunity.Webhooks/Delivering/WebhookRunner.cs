using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Grains.Webhooks;

namespace SmartCommunity.Webhooks.Delivering;

/// <summary>Delivers one webhook while it is live: takes the lease, delivers, and takes it again when it was lost to a change.</summary>
internal sealed class WebhookRunner(AreaCode district, WebhookId id, IWebhookGrain grain, string holder, DeliveryRoom room) : IAsyncDisposable
{
    private static readonly TimeSpan RestAfterFailure = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource stopping = new();
    private Delivery? delivery;
    private Task running = Task.CompletedTask;

    /// <summary>True when it ended by itself: the webhook is paused, gone, or another silo's.</summary>
    public bool IsOver => running.IsCompleted;

    /// <summary>Events read and not answered.</summary>
    public int Held => Volatile.Read(ref delivery)?.Held ?? 0;

    public void Start() => running = RunAsync();

    /// <summary>The webhook was changed.</summary>
    public void Look() => Volatile.Read(ref delivery)?.Look();

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stopping.Dispose();
    }

    private async Task RunAsync()
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                var lease = await grain.Lease(holder);
                if (lease.IsRefused)
                {
                    return;
                }

                using var current = new Delivery(lease.Value, district, grain, room);
                Volatile.Write(ref delivery, current);
                await current.RunAsync(stopping.Token);
            }
            catch (Exception failure) when (failure is not OutOfMemoryException)
            {
                // The store or the feed is away, or the silo stops.
                room.Meters.Interrupted(district, id, failure);
                await Task.Delay(RestAfterFailure, room.Time, stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}
