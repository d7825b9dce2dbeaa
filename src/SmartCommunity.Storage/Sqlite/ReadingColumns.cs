namespace SmartCommunity.Storage.Sqlite;

/// <summary>The columns of a reading, in the order all reads select them.</summary>
internal static class ReadingColumns
{
    public const string List = "position, series, at, received, value, message, flags";

    public static JournalEntry Entry(Statement row, SeriesRow series) => new()
    {
        Position = row.Int64(0),
        District = series.Stream.District,
        Stream = series.Stream.Name,
        Area = series.Area,
        AtMs = row.Int64(2),
        RecordedMs = row.Int64(3),
        Device = series.Device,
        Metric = series.Metric,
        Value = Value(row),
        Message = row.TextOrNull(5),
        Flags = (int)row.Int64(6),
    };

    public static StoredReading Stored(Statement row, SeriesRow series) => new(
        row.Int64(0), series.Device, series.Metric, row.Int64(2), row.Int64(3), Value(row), row.TextOrNull(5), (int)row.Int64(6));

    /// <summary>SQLite stores NaN as null.</summary>
    public static double Value(Statement row) => row.IsNull(4) ? double.NaN : row.Double(4);
}
