using System.Globalization;
using Microsoft.Extensions.Options;
using SmartCommunity.Domain.Alarms;
using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.Catalogue;
using SmartCommunity.Domain.Districts;
using SmartCommunity.Domain.Views;
using SmartCommunity.Domain.Wire;
using SmartCommunity.Storage;

namespace SmartCommunity.Grains.Directory;

/// <summary>The directory over view rows. Catalogues and cell indexes are kept in memory until a commit changes one of their rows.</summary>
internal sealed class ViewDirectory(
    IViews views,
    IReadings readings,
    DistrictCaches caches,
    CredentialCache credentials,
    IOptions<GrainsOptions> options) : IDirectory
{
    /// <summary>The counters of a roll-up, but for the reports of one day; day counters of other days are left where they are.</summary>
    private static readonly string[] CounterPrefixes = ["devices.", CounterNames.AlarmsPrefix, CounterNames.Buildings, CounterNames.VolunteersOnDuty];

    public async ValueTask<T?> GetAsync<T>(string district, string id, CancellationToken cancellation)
        where T : class
    {
        var row = await views.GetAsync(district, RecordKinds.Of<T>().Name, id, cancellation);
        return row is null ? null : RecordCodec.Decode<T>(row.Body.Span);
    }

    public async ValueTask<DirectoryPage<T>> ListAsync<T>(DirectoryQuery query, CancellationToken cancellation)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(query);
        var kind = RecordKinds.Of<T>();
        var size = Math.Clamp(query.PageSize, 1, options.Value.PageRecordsMax);
        string? after = null;
        long? before = null;
        if (!string.IsNullOrEmpty(query.PageToken))
        {
            after = PageToken.Read(kind.Name, query, query.PageToken);
            if (after is null || (kind.NewestFirst && !PageToken.TryPosition(after, out _)))
            {
                return new([], null, PageToken.Refuse());
            }

            before = kind.NewestFirst ? long.Parse(after, CultureInfo.InvariantCulture) : null;
        }

        var rows = await views.ListAsync(
            new(query.District, kind.Name, size + 1, query.AreaPrefix, query.Status, kind.NewestFirst ? null : after, kind.NewestFirst, before, query.Owner, query.IdPrefix),
            cancellation);
        var items = rows.Take(size).Select(row => RecordCodec.Decode<T>(row.Body.Span)).ToArray();
        var last = rows.Count > size ? rows[size - 1] : null;
        return new(items, last is null ? null : PageToken.Make(
            kind.Name, query, kind.NewestFirst ? last.Position.ToString(CultureInfo.InvariantCulture) : last.Id));
    }

    public ValueTask<DistrictCatalogue?> CatalogueAsync(string district, CancellationToken cancellation) => caches.CatalogueAsync(district, cancellation);

    public async ValueTask<AreaCode?> LocateAsync(string district, GeoPoint point, CancellationToken cancellation) =>
        (await caches.GridAsync(district, cancellation)).Locate(point);

    public async ValueTask<Rollup> RollupAsync(AreaCode area, DateTimeOffset now, CancellationToken cancellation)
    {
        var district = area.District.ToString();
        var catalogue = await CatalogueAsync(district, cancellation);
        var today = CounterNames.Reports(now, catalogue?.Zone ?? TimeZoneInfo.Utc);
        var sums = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var prefix in CounterPrefixes.Append(today))
        {
            foreach (var (name, value) in await views.SumAsync(district, area.ToString(), prefix, cancellation))
            {
                sums[name] = value;
            }
        }

        return new(
            area,
            sums.GetValueOrDefault(CounterNames.DevicesOnline),
            sums.GetValueOrDefault(CounterNames.DevicesTotal),
            sums.GetValueOrDefault(CounterNames.Alarms(AlarmLevel.Notice)),
            sums.GetValueOrDefault(CounterNames.Alarms(AlarmLevel.Warning)),
            sums.GetValueOrDefault(CounterNames.Alarms(AlarmLevel.Critical)),
            sums.GetValueOrDefault(today),
            sums.GetValueOrDefault(CounterNames.Buildings),
            sums.GetValueOrDefault(CounterNames.VolunteersOnDuty));
    }

    public ValueTask<StateHash> StateHashAsync(string district, CancellationToken cancellation) =>
        StateHasher.HashAsync(views, readings, district, cancellation);

    public ValueTask<ApiKeyOwner?> FindApiKeyAsync(string key, CancellationToken cancellation) => credentials.FindApiKeyAsync(key, cancellation);
}
