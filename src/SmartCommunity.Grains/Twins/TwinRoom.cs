using SmartCommunity.Domain.Catalogue;
using SmartCommunity.Domain.Twins;
using SmartCommunity.Grains.Directory;
using SmartCommunity.Storage;

namespace SmartCommunity.Grains.Twins;

/// <summary>What twins work with beside their stream: the district's catalogue and cells, and what the store knows of earlier messages.</summary>
internal sealed class TwinRoom(DistrictCaches caches, IViews views, IReadings readings)
{
    /// <summary>Before the district is opened nothing is known: every metric is unknown, no rule holds.</summary>
    public static readonly DistrictCatalogue NoCatalogue = new(TimeZoneInfo.Utc, [], []);

    public DistrictCaches Caches { get; } = caches;

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
