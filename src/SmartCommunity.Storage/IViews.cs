namespace SmartCommunity.Storage;

/// <summary>Reads the view rows, counters, idempotency keys and look-ups that commits wrote.</summary>
public interface IViews
{
    ValueTask<ViewRow?> GetAsync(string district, string kind, string id, CancellationToken cancellation);

    /// <summary>One page of a kind, ascending by id, or by descending position when <see cref="ViewQuery.NewestFirst"/>.</summary>
    ValueTask<IReadOnlyList<ViewRow>> ListAsync(ViewQuery query, CancellationToken cancellation);

    /// <summary>How many rows of a kind lie in an area.</summary>
    ValueTask<long> CountAsync(string district, string kind, string areaPrefix, string? status, CancellationToken cancellation);

    /// <summary>The rows of a district that are due, oldest first.</summary>
    ValueTask<IReadOnlyList<ViewRow>> DueAsync(string district, long nowMs, int limit, CancellationToken cancellation);

    /// <summary>Sums per counter name over all areas with a prefix; names filtered by prefix.</summary>
    ValueTask<IReadOnlyDictionary<string, long>> SumAsync(string district, string areaPrefix, string namePrefix, CancellationToken cancellation);

    /// <summary>Sums of one counter over the children of an area: code of <paramref name="childLength"/> characters to sum.</summary>
    ValueTask<IReadOnlyDictionary<string, long>> SumByChildAsync(string district, string areaPrefix, int childLength, string name, CancellationToken cancellation);

    ValueTask<StoredKey?> FindKeyAsync(string district, string scope, string key, CancellationToken cancellation);

    ValueTask<Lookup?> FindLookupAsync(string scope, string key, CancellationToken cancellation);

    /// <summary>All districts that have a stream.</summary>
    ValueTask<IReadOnlyList<string>> DistrictsAsync(CancellationToken cancellation);
}

public sealed record ViewQuery(
    string District,
    string Kind,
    int Limit,
    string AreaPrefix = "",
    string? Status = null,
    string? AfterId = null,
    bool NewestFirst = false,
    long? BeforePosition = null,
    string? Owner = null,
    string? IdPrefix = null);

public sealed record ViewRow(
    string District,
    string Kind,
    string Id,
    string Area,
    string Status,
    string Owner,
    long? DueMs,
    long Position,
    ReadOnlyMemory<byte> Body);

public sealed record Lookup(string Scope, string Key, string District, string Kind, string Id);
