using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using SmartCommunity.Grains.Observing;
using SmartCommunity.Storage;

namespace SmartCommunity.Grains.Sweeps;

/// <summary>Sees to it that every district has its sweeper: at the start of the silo, and again and again in case one was lost with its silo.</summary>
internal sealed class SweeperStarter(
    IGrainFactory grains, IViews views, RoomClock clock, IOptions<GrainsOptions> options, GrainMeters meters) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(options.Value.SweeperCheckSeconds), clock.Time);
        do
        {
            try
            {
                var districts = await views.DistrictsAsync(stoppingToken);
                await Task.WhenAll(districts.Select(district => grains.Sweeper(GrainKeys.DistrictOf(district)).Start())).WaitAsync(stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                meters.BackgroundFailed("Starting the sweepers", exception);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
