using SmartCommunity.Domain.Catalogue;
using SmartCommunity.Domain.Devices;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Domain.Twins;
using SmartCommunity.Domain.Views;
using SmartCommunity.Domain.Wire;
using SmartCommunity.Grains.Directory;
using SmartCommunity.Storage;

namespace SmartCommunity.Grains.Twins;

/// <summary>What twins work with beside their stream: the district's catalogue and cells, and what the store knows of earlier messages.</summary>
internal sealed class TwinRoom(DistrictCaches caches, IViews views, IReadings readings)
{
    /// <summary>Before the district is opened nothing is known: every metric is unknown, no rule holds.</summary>
    public static readonly DistrictCatalogue NoCatalogue = new(TimeZoneInfo.Utc, [], []);

    public DistrictCaches Caches { get; } = caches;

    /// <summary>What the directory says of a gateway that a device names.</summary>
    public async ValueTask<GatewayStanding> GatewayAsync(string district, DeviceId gateway, DeviceId device)
    {
        var row = await views.GetAsync(district, ViewKinds.Device, gateway.ToString(), CancellationToken.None);
        var name = CounterNames.BehindGateway(device);
        var behind = await views.SumAsync(district, district, name, CancellationToken.None);
        return new(row is null ? null : RecordCodec.Decode<Device>(row.Body.Span), behind.GetValueOrDefault(name) > 0);
    }

    /// <summary>Looks up what a decision asks.</summary>
    public async ValueTask AnswerAsync(string district, TwinDecision decision, KnownFacts facts)
    {
        foreach (var ask in decision.ReadingAsks)
        {
            var found = await readings.AtAsync(district, ask.Device.ToString(), ask.AtMs, CancellationToken.None);
            facts.Add(ask, found.Select(TwinReadings.Of));
        }

        foreach (var ask in decision.KeyAsks)
        {
            facts.Add(ask, (await views.FindKeyAsync(district, ask.Scope, ask.Key, CancellationToken.None))?.Fingerprint);
        }
    }
}
