using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.Twins;
using SmartCommunity.Grains.Observing;

namespace SmartCommunity.Grains.Ingest;

/// <summary>All lanes of the silo. A lane that was idle for a whole round of <see cref="GrainsOptions.LaneIdleSeconds"/> is dropped.</summary>
internal sealed class IngestLanes(IGrainFactory grains, IOptions<GrainsOptions> options, RoomClock clock, GrainMeters meters)
    : BackgroundService, IIngest
{
    private readonly ConcurrentDictionary<(string District, TwinKey Twin), TwinLane> lanes = new();
    private readonly LaneGauge gauge = new(options.Value.IngestQueuedMessagesMax, meters);
    private readonly int batchMax = options.Value.IngestBatchMessagesMax;

    /// <summary>How many lanes are in memory.</summary>
    public int Count => lanes.Count;

    /// <summary>How many messages wait or are on their way.</summary>
    public int Waiting => gauge.Waiting;

    public bool TryPost(DeviceRoute route, in DeviceMessage message, IIngestReceipt receipt, long ticket)
    {
        ArgumentNullException.ThrowIfNull(route);
        ArgumentNullException.ThrowIfNull(receipt);
        while (true)
        {
            var key = (route.District, route.Twin);
            if (!lanes.TryGetValue(key, out var lane))
            {
                lane = lanes.GetOrAdd(key, static (k, self) => self.Open(k.District, k.Twin), this);
            }

            var post = lane.TryPost(message, receipt, ticket);
            if (post != TwinLane.Post.Retired)
            {
                return post == TwinLane.Post.Taken;
            }
        }
    }

    /// <summary>Drops the lanes that were idle since the last call.</summary>
    public void DropIdle()
    {
        foreach (var (key, lane) in lanes)
        {
            // Forgotten only after it refuses posts: a poster that still holds it asks again and gets a new one.
            if (lane.TryRetire())
            {
                lanes.TryRemove(new(key, lane));
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(options.Value.LaneIdleSeconds), clock.Time);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
        {
            DropIdle();
        }
    }

    private TwinLane Open(string district, TwinKey twin) => new(grains.Twin(AreaCode.Parse(district), twin), gauge, batchMax);
}
