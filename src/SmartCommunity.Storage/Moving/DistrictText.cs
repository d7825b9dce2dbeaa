using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using SmartCommunity.Storage.Sqlite;

namespace SmartCommunity.Storage.Moving;

/// <summary>Writes what a district owns as <see cref="DistrictLines"/>. The connection stands in a read transaction, so all of it is one state of the store.</summary>
internal static class DistrictText
{
    public static (long Position, long Lines) Write(Connection connection, string district, string stateHash, Stream to, CancellationToken cancellation)
    {
        var position = new StoreReview(connection).Last();
        using var packed = new GZipStream(to, CompressionLevel.Fastest, leaveOpen: true);
        var lines = new DistrictLineWriter(packed);
        lines.Write(json =>
        {
            json.WriteStringValue(DistrictLines.Format);
            json.WriteStringValue(district);
            json.WriteNumberValue(position);
        });
        foreach (var table in DistrictTables.All)
        {
            foreach (var sql in Selects(connection, table))
            {
                using var rows = connection.Prepare(sql);
                rows.Bind(1, district);
                while (rows.Step())
                {
                    cancellation.ThrowIfCancellationRequested();
                    lines.Write(json => WriteRow(json, table, rows));
                }
            }
        }

        lines.Write(json =>
        {
            json.WriteStringValue(DistrictLines.End);
            json.WriteNumberValue(lines.Count);
            json.WriteStringValue(stateHash);
        });
        lines.Flush();
        return (position, lines.Count);
    }

    private static List<string> Selects(Connection connection, DistrictTable table)
    {
        if (table.Name != DistrictTables.Readings)
        {
            return [$"SELECT {table.ColumnList} FROM {table.Name} WHERE district = ? ORDER BY {string.Join(", ", table.Columns.Take(3))}"];
        }

        var selects = new List<string>();
        using var ids = connection.Prepare("SELECT id FROM segments ORDER BY id");
        while (ids.Step())
        {
            selects.Add($"SELECT {table.ColumnList} FROM {HotSegment.Table(ids.Int64(0))} WHERE series IN (SELECT id FROM series WHERE district = ?) ORDER BY position");
        }

        return selects;
    }

    private static void WriteRow(Utf8JsonWriter json, DistrictTable table, Statement row)
    {
        json.WriteStringValue(table.Name);
        for (var i = 0; i < table.Columns.Length; i++)
        {
            switch (row.TypeOf(i))
            {
                case ColumnType.Integer:
                    json.WriteNumberValue(row.Int64(i));
                    break;
                case ColumnType.Real:
                    json.WriteRawValue(RealText(row.Double(i)));
                    break;
                case ColumnType.Blob:
                    json.WriteStartObject();
                    json.WriteBase64String("b64", row.Span(i));
                    json.WriteEndObject();
                    break;
                case ColumnType.Text:
                    json.WriteStringValue(row.Span(i));
                    break;
                default:
                    json.WriteNullValue();
                    break;
            }
        }
    }

    /// <summary>With a point or an exponent, so that it is read as no whole number (-0 would lose its sign); infinity as the number that is too large.</summary>
    private static string RealText(double value)
    {
        if (double.IsInfinity(value))
        {
            return value > 0 ? "1e999" : "-1e999";
        }

        var text = value.ToString("R", CultureInfo.InvariantCulture);
        return text.AsSpan().ContainsAny('.', 'E') ? text : text + ".0";
    }
}
