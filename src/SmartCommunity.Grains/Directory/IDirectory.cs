using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.Catalogue;
using SmartCommunity.Domain.Districts;
using SmartCommunity.Domain.Refusals;

namespace SmartCommunity.Grains.Directory;

/// <summary>Typed reading of view rows: what the API lists and gets without waking a grain.</summary>
public interface IDirectory
{
    /// <summary>The record of a kind by id, or null. <typeparamref name="T"/> is one of the domain's directory records (Building, Device, Alarm …).</summary>
    ValueTask<T?> GetAsync<T>(string district, string id, CancellationToken cancellation)
        where T : class;

    /// <summary>A page, ascending by id (alarms, reports, quarantine: newest first).</summary>
    ValueTask<DirectoryPage<T>> ListAsync<T>(DirectoryQuery query, CancellationToken cancellation)
        where T : class;

    /// <summary>The district's catalogue as it now is; cached, replaced on change. Null when there is no such district.</summary>
    ValueTask<DistrictCatalogue?> CatalogueAsync(string district, CancellationToken cancellation);

    /// <summary>The one cell a point lies in, also on a border; null outside all cells.</summary>
    ValueTask<AreaCode?> LocateAsync(string district, GeoPoint point, CancellationToken cancellation);

    /// <summary>Counters of an area: devices online, alarms open by level, reports of the district's local day.</summary>
    ValueTask<Rollup> RollupAsync(AreaCode area, DateTimeOffset now, CancellationToken cancellation);

    /// <summary>SHA-256 over the district's whole state, canonical; see docs/state-hash.md.</summary>
    ValueTask<StateHash> StateHashAsync(string district, CancellationToken cancellation);

    /// <summary>The district and key id of a live API key, or null.</summary>
    ValueTask<ApiKeyOwner?> FindApiKeyAsync(string key, CancellationToken cancellation);
}

/// <param name="PageToken">Opaque, from the page before; null for the first.</param>
public sealed record DirectoryQuery(
    string District,
    int PageSize,
    string? PageToken = null,
    string AreaPrefix = "",
    string? Status = null,
    string? Owner = null,
    string? IdPrefix = null);

/// <param name="Refusal">Set when the page token cannot be understood or belongs to another query; then there are no items.</param>
public sealed record DirectoryPage<T>(IReadOnlyList<T> Items, string? NextPageToken, Refusal? Refusal = null);

/// <summary>Live counters of one area and everything below it.</summary>
public sealed record Rollup(
    AreaCode Area,
    long DevicesOnline,
    long DevicesTotal,
    long AlarmsNotice,
    long AlarmsWarning,
    long AlarmsCritical,
    long ReportsToday,
    long Buildings,
    long VolunteersOnDuty);

public sealed record StateHash(string Hash, long Readings, IReadOnlyDictionary<string, long> Rows);

public sealed record ApiKeyOwner(string District, string KeyId);
