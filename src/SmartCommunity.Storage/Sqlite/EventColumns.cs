namespace SmartCommunity.Storage.Sqlite;

/// <summary>The columns of an event, in the order all reads select them.</summary>
internal static class EventColumns
{
    public const string List = "position, area, at, recorded_at, type, body, version, actor, request_id, cause";

    public static JournalEntry Entry(Statement row, StreamKey stream) => new()
    {
        Position = row.Int64(0),
        District = stream.District,
        Stream = stream.Name,
        Area = row.Text(1),
        AtMs = row.Int64(2),
        RecordedMs = row.Int64(3),
        Type = row.Text(4),
        Body = row.Bytes(5),
        Version = row.Int64(6),
        Actor = row.Text(7),
        RequestId = row.TextOrNull(8),
        Cause = row.TextOrNull(9),
    };
}
