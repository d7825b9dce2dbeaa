namespace SmartCommunity.Storage.Moving;

/// <summary>
/// What a district owns, table by table, in the order in which it is written and read. Snapshots are left out: they follow from the log. Rows come in the order of their first
/// three columns.
/// </summary>
internal static class DistrictTables
{
    public const string Journal = "journal";
    public const string Series = "series";
    public const string Readings = "readings";
    public const string Views = "views";
    public const string Lookups = "lookups";

    /// <summary>A change of a column list needs a new <see cref="DistrictLines.Format"/>.</summary>
    public static DistrictTable[] All { get; } =
    [
        new(Journal, ["position", "stream", "version", "type", "body", "area", "at", "recorded_at", "actor", "request_id", "cause"]),
        new(Series, ["id", "stream", "device", "metric", "area"]),
        new(Readings, ["position", "series", "at", "received", "value", "message", "flags"]),
        new(Views, ["position", "kind", "id", "area", "status", "owner", "due_ms", "body"]),
        new("keys", ["scope", "key", "fingerprint", "answer"]),
        new("counters", ["name", "area", "value"]),
        new(Lookups, ["scope", "key", "kind", "id"]),
    ];

    public static DistrictTable? Find(string? name) => Array.Find(All, table => table.Name == name);
}

internal sealed record DistrictTable(string Name, string[] Columns)
{
    public string ColumnList => string.Join(", ", Columns);
}
