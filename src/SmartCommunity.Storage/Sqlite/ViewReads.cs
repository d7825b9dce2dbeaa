namespace SmartCommunity.Storage.Sqlite;

/// <summary>Reads view rows, counters, idempotency keys and look-ups.</summary>
internal sealed class ViewReads(SqliteStoreOptions options, ReaderPool readers) : IViews
{
    private const string Columns = "district, kind, id, area, status, owner, due_ms, position, body";

    /// <summary>The last code point: the end of the range of texts that begin with a prefix.</summary>
    private const string PrefixEnd = "\U0010FFFF";

    public ValueTask<ViewRow?> GetAsync(string district, string kind, string id, CancellationToken cancellation) =>
        readers.ReadAsync(
            connection =>
            {
                var select = connection.Kept($"SELECT {Columns} FROM views WHERE district = ? AND kind = ? AND id = ?");
                select.Bind(1, district);
                select.Bind(2, kind);
                select.Bind(3, id);
                var row = select.Step() ? Row(select) : null;
                select.Reset();
                return row;
            },
            cancellation);

    public ValueTask<IReadOnlyList<ViewRow>> ListAsync(ViewQuery query, CancellationToken cancellation) =>
        readers.ReadLongAsync<IReadOnlyList<ViewRow>>(connection => List(connection, query), cancellation);

    public ValueTask<long> CountAsync(string district, string kind, string areaPrefix, string? status, CancellationToken cancellation) =>
        readers.ReadLongAsync(
            connection =>
            {
                var count = connection.Kept(
                    "SELECT count(*) FROM views WHERE district = ?1 AND kind = ?2 AND area >= ?3 AND area <= ?4 AND (?5 IS NULL OR status = ?5)");
                count.Bind(1, district);
                count.Bind(2, kind);
                count.Bind(3, areaPrefix);
                count.Bind(4, areaPrefix + PrefixEnd);
                count.Bind(5, status);
                _ = count.Step();
                var rows = count.Int64(0);
                count.Reset();
                return rows;
            },
            cancellation);

    public ValueTask<IReadOnlyList<ViewRow>> DueAsync(string district, long nowMs, int limit, CancellationToken cancellation) =>
        readers.ReadAsync<IReadOnlyList<ViewRow>>(
            connection =>
            {
                var select = connection.Kept($"SELECT {Columns} FROM views WHERE district = ? AND due_ms <= ? ORDER BY due_ms, rowid LIMIT ?");
                select.Bind(1, district);
                select.Bind(2, nowMs);
                select.Bind(3, Math.Clamp(limit, 0, options.MaxReadRows));
                return Rows(select);
            },
            cancellation);

    public ValueTask<IReadOnlyDictionary<string, long>> SumAsync(string district, string areaPrefix, string namePrefix, CancellationToken cancellation) =>
        readers.ReadLongAsync<IReadOnlyDictionary<string, long>>(
            connection =>
            {
                var select = connection.Kept(
                    "SELECT name, sum(value) FROM counters WHERE district = ? AND name >= ? AND name <= ? AND area >= ? AND area <= ? GROUP BY name");
                select.Bind(1, district);
                select.Bind(2, namePrefix);
                select.Bind(3, namePrefix + PrefixEnd);
                select.Bind(4, areaPrefix);
                select.Bind(5, areaPrefix + PrefixEnd);
                return Sums(select);
            },
            cancellation);

    public ValueTask<IReadOnlyDictionary<string, long>> SumByChildAsync(
        string district, string areaPrefix, int childLength, string name, CancellationToken cancellation) =>
        readers.ReadLongAsync<IReadOnlyDictionary<string, long>>(
            connection =>
            {
                var select = connection.Kept(
                    "SELECT substr(area, 1, ?5) AS child, sum(value) FROM counters WHERE district = ?1 AND name = ?2 AND area >= ?3 AND area <= ?4 "
                    + "AND length(area) >= ?5 GROUP BY child");
                select.Bind(1, district);
                select.Bind(2, name);
                select.Bind(3, areaPrefix);
                select.Bind(4, areaPrefix + PrefixEnd);
                select.Bind(5, childLength);
                return Sums(select);
            },
            cancellation);

    public ValueTask<StoredKey?> FindKeyAsync(string district, string scope, string key, CancellationToken cancellation) =>
        readers.ReadAsync(
            connection =>
            {
                var select = connection.Kept("SELECT fingerprint, answer FROM keys WHERE district = ? AND scope = ? AND key = ?");
                select.Bind(1, district);
                select.Bind(2, scope);
                select.Bind(3, key);
                var found = select.Step() ? new StoredKey(scope, key, unchecked((ulong)select.Int64(0)), select.Bytes(1)) : null;
                select.Reset();
                return found;
            },
            cancellation);

    public ValueTask<Lookup?> FindLookupAsync(string scope, string key, CancellationToken cancellation) =>
        readers.ReadAsync(
            connection =>
            {
                var select = connection.Kept("SELECT district, kind, id FROM lookups WHERE scope = ? AND key = ?");
                select.Bind(1, scope);
                select.Bind(2, key);
                var found = select.Step() ? new Lookup(scope, key, select.Text(0), select.Text(1), select.Text(2)) : null;
                select.Reset();
                return found;
            },
            cancellation);

    public ValueTask<IReadOnlyList<string>> DistrictsAsync(CancellationToken cancellation) =>
        readers.ReadLongAsync<IReadOnlyList<string>>(
            connection =>
            {
                // Jumps from district to district along the indexes instead of reading every row.
                var select = connection.Kept(
                    "WITH RECURSIVE j(d) AS (SELECT min(district) FROM journal UNION ALL SELECT (SELECT min(district) FROM journal WHERE district > d) FROM j WHERE d IS NOT NULL), "
                    + "s(d) AS (SELECT min(district) FROM series UNION ALL SELECT (SELECT min(district) FROM series WHERE district > d) FROM s WHERE d IS NOT NULL) "
                    + "SELECT d FROM j WHERE d IS NOT NULL UNION SELECT d FROM s WHERE d IS NOT NULL ORDER BY 1");
                var districts = new List<string>();
                while (select.Step())
                {
                    districts.Add(select.Text(0));
                }

                select.Reset();
                return districts;
            },
            cancellation);

    private List<ViewRow> List(Connection connection, ViewQuery query)
    {
        var sql = $"SELECT {Columns} FROM views WHERE district = ?1 AND kind = ?2"
            + (query.AreaPrefix.Length > 0 ? " AND area >= ?3 AND area <= ?4" : "")
            + (query.Status is null ? "" : " AND status = ?5")
            + (query.AfterId is null ? "" : " AND id > ?6")
            + (query.BeforePosition is null ? "" : " AND position < ?7")
            + (query.Owner is null ? "" : query.Owner.Length > 0 ? " AND owner <> '' AND owner = ?8" : " AND owner = ''")
            + (query.IdPrefix is null ? "" : " AND id >= ?10 AND id <= ?11")

            // The plus keeps the few rows of a prefix on the index of ids: by position it would read the whole kind.
            + (!query.NewestFirst ? " ORDER BY id" : query.IdPrefix is null ? " ORDER BY position DESC" : " ORDER BY +position DESC")
            + " LIMIT ?9";
        var select = connection.Kept(sql);
        select.Bind(1, query.District);
        select.Bind(2, query.Kind);
        if (query.AreaPrefix.Length > 0)
        {
            select.Bind(3, query.AreaPrefix);
            select.Bind(4, query.AreaPrefix + PrefixEnd);
        }

        select.Bind(9, Math.Clamp(query.Limit, 0, options.MaxReadRows));
        if (query.Status is not null)
        {
            select.Bind(5, query.Status);
        }

        if (query.AfterId is not null)
        {
            select.Bind(6, query.AfterId);
        }

        if (query.BeforePosition is { } before)
        {
            select.Bind(7, before);
        }

        if (query.Owner is { Length: > 0 })
        {
            select.Bind(8, query.Owner);
        }

        if (query.IdPrefix is not null)
        {
            select.Bind(10, query.IdPrefix);
            select.Bind(11, query.IdPrefix + PrefixEnd);
        }

        return Rows(select);
    }

    private static List<ViewRow> Rows(Statement select)
    {
        var rows = new List<ViewRow>();
        while (select.Step())
        {
            rows.Add(Row(select));
        }

        select.Reset();
        return rows;
    }

    private static Dictionary<string, long> Sums(Statement select)
    {
        var sums = new Dictionary<string, long>(StringComparer.Ordinal);
        while (select.Step())
        {
            sums.Add(select.Text(0), select.Int64(1));
        }

        select.Reset();
        return sums;
    }

    private static ViewRow Row(Statement row) => new(
        row.Text(0), row.Text(1), row.Text(2), row.Text(3), row.Text(4), row.Text(5), row.Int64OrNull(6), row.Int64(7), row.Bytes(8));
}
