using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Serialization;
using Orleans.Storage;
using SmartCommunity.Grains.Observing;
using SmartCommunity.Storage;

namespace SmartCommunity.Grains.Streams;

/// <summary>What every grain with a stream works with.</summary>
internal sealed class StreamRoom(
    IJournal journal,
    IViews views,
    [FromKeyedServices(StateNames.Storage)] IGrainStorage snapshots,
    Serializer serializer,
    RoomClock clock,
    IOptions<GrainsOptions> options,
    GrainMeters meters)
{
    public IJournal Journal { get; } = journal;

    public IViews Views { get; } = views;

    public IGrainStorage Snapshots { get; } = snapshots;

    public Serializer Serializer { get; } = serializer;

    public TimeProvider Time { get; } = clock.Time;

    public GrainsOptions Options { get; } = options.Value;

    public GrainMeters Meters { get; } = meters;
}
