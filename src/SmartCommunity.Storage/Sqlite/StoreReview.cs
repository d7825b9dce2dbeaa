using System.Globalization;

namespace SmartCommunity.Storage.Sqlite;

/// <summary>Looks through a whole database file: is it sound as a file, and as a log.</summary>
internal sealed class StoreReview(Connection connection)
{
    private const int FaultsMax = 20;

    private static readonly string[] Tables = ["journal", "series", "segments", "views", "keys", "counters", "lookups", "OrleansStorage"];

    public StoreFigures Figures()
    {
        var rows = Tables.ToDictionary(table => table, table => connection.Scalar($"SELECT count(*) FROM {table}"), StringComparer.Ordinal);
        rows["readings"] = Segments().Sum(segment => connection.Scalar($"SELECT count(*) FROM {HotSegment.Table(segment.Id)}"));
        return new((int)connection.Scalar("PRAGMA user_version"), Last(), connection.Scalar("PRAGMA page_count") * connection.Scalar("PRAGMA page_size"), rows);
    }

    public IEnumerable<StoreFault> Faults(CancellationToken cancellation)
    {
        foreach (var sentence in Texts($"PRAGMA integrity_check({FaultsMax})").Where(s => s != "ok"))
        {
            yield return new("integrity", $"SQLite says: {sentence}.");
        }

        foreach (var (check, sql) in LogChecks())
        {
            cancellation.ThrowIfCancellationRequested();
            foreach (var sentence in Texts($"{sql} LIMIT {FaultsMax}"))
            {
                yield return new(check, sentence);
            }
        }

        foreach (var segment in Segments())
        {
            cancellation.ThrowIfCancellationRequested();
            foreach (var fault in FaultsOf(segment))
            {
                yield return fault;
            }
        }
    }

    /// <summary>The last position that was given out: of an entry, or of a change of view rows.</summary>
    public long Last() => Segments().Select(s => connection.Scalar($"SELECT max(position) FROM {HotSegment.Table(s.Id)}"))
        .Append(connection.Scalar("SELECT max(position) FROM journal"))
        .Append(connection.Scalar("SELECT value FROM meta WHERE name = 'position'"))
        .Append(connection.Scalar("SELECT max(first_position) - 1 FROM segments"))
        .Max();

    private IEnumerable<(string Check, string Sql)> LogChecks()
    {
        yield return ("versions",
            "SELECT 'Stream ' || district || '/' || stream || ' has ' || count(*) || ' events with versions ' || min(version) || ' to ' || max(version) || '.' "
            + "FROM journal GROUP BY district, stream HAVING min(version) <> 1 OR max(version) <> count(*)");
        yield return ("times",
            "SELECT 'Stream ' || district || '/' || stream || ': version ' || version || ' was recorded before the one before it.' FROM (SELECT district, stream, version, recorded_at, "
            + "lag(recorded_at) OVER (PARTITION BY district, stream ORDER BY version) AS before FROM journal) WHERE recorded_at < before");
        yield return ("positions",
            "SELECT 'Stream ' || district || '/' || stream || ': version ' || version || ' stands at an earlier position than the one before it.' FROM (SELECT district, stream, version, position, "
            + "lag(position) OVER (PARTITION BY district, stream ORDER BY version) AS before FROM journal) WHERE position < before");
        var last = Last();
        yield return ("views", $"SELECT 'The row ' || district || '/' || kind || '/' || id || ' stands at position ' || position || ', after the last one, {last}.' FROM views WHERE position > {last}");
        yield return ("lookups",
            "SELECT 'A look-up of scope ' || scope || ' names the district ' || district || ', which has no entries.' FROM lookups "
            + "WHERE district NOT IN (SELECT district FROM journal) GROUP BY scope, district");

        // A snapshot is written after the commit it folds, so one that is newer than the log would mean that the log lost entries.
        yield return ("marks",
            $"SELECT 'A snapshot stands at position ' || mark || ', after the last one, {last}.' FROM (SELECT CAST(substr(GrainIdExtensionString, instr(GrainIdExtensionString, '@') + 1) AS INTEGER) AS mark "
            + $"FROM OrleansStorage WHERE instr(GrainIdExtensionString, '@') > 0) WHERE mark > {last}");
    }

    private IEnumerable<StoreFault> FaultsOf(Segment segment)
    {
        var table = HotSegment.Table(segment.Id);
        var rows = connection.Scalar($"SELECT count(*) FROM {table}");
        if (segment.IsSealed && rows != segment.Rows)
        {
            yield return new("segments", Text($"{table} has {rows} rows, but was sealed with {segment.Rows}."));
        }

        if (connection.Scalar($"SELECT count(*) FROM {table} WHERE series NOT IN (SELECT id FROM series)") is var orphans and > 0)
        {
            yield return new("series", Text($"{orphans} readings of {table} name no series."));
        }

        if (connection.Scalar($"SELECT count(*) FROM {table} WHERE position IN (SELECT position FROM journal)") is var twice and > 0)
        {
            yield return new("positions", Text($"{twice} positions of {table} are those of events as well."));
        }

        if (connection.Scalar($"SELECT count(*) FROM {table} WHERE position < {segment.First}") is var early and > 0)
        {
            yield return new("positions", Text($"{early} readings of {table} stand before its first position, {segment.First}."));
        }
    }

    private List<Segment> Segments()
    {
        var segments = new List<Segment>();
        using var select = connection.Prepare("SELECT id, sealed, first_position, row_count FROM segments ORDER BY id");
        while (select.Step())
        {
            segments.Add(new(select.Int64(0), select.Int64(1) == 1, select.Int64(2), select.Int64(3)));
        }

        return segments;
    }

    private List<string> Texts(string sql)
    {
        var texts = new List<string>();
        using var select = connection.Prepare(sql);
        while (select.Step())
        {
            texts.Add(select.Text(0));
        }

        return texts;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private readonly record struct Segment(long Id, bool IsSealed, long First, long Rows);
}
