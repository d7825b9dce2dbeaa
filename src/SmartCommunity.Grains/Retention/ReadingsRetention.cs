using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using SmartCommunity.Grains.Observing;
using SmartCommunity.Storage;

namespace SmartCommunity.Grains.Retention;

/// <summary>Drops readings that were received longer ago than they are kept. Events are kept for good.</summary>
internal sealed class ReadingsRetention(IReadings readings, RoomClock clock, IOptions<GrainsOptions> options, GrainMeters meters) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromHours(options.Value.RetentionEveryHours), clock.Time);
        do
        {
            try
            {
                var before = clock.Time.GetUtcNow().AddDays(-options.Value.ReadingsKeptDays);
                meters.Dropped(await readings.DropBeforeAsync(before.ToUnixTimeMilliseconds(), stoppingToken), before);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                meters.BackgroundFailed("Dropping old readings", exception);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
