using SmartCommunity.Domain.Twins;
using SmartCommunity.Grains.Ingest;
using SmartCommunity.Mqtt.Payloads;

namespace SmartCommunity.Mqtt.Links;

/// <summary>A device's route with what follows from it. Replaced as a whole when the directory says that it changed.</summary>
internal sealed class DeviceContext(DeviceRoute route)
{
    private readonly MetricLookup metrics = MetricLookup.Of(route.Profile);
    private readonly DecoderTable? decoder = DecoderTable.Of(route.Profile);
    private readonly string profile = route.Profile.Id.ToString();

    public DeviceRoute Route { get; } = route;

    public DecodeTarget Target(MessageKind kind, bool isAlias, long receivedMs) =>
        new(Route.Device, profile, metrics, kind, receivedMs, isAlias, decoder);
}
