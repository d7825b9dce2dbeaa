using System.Globalization;
using System.Text;
using System.Text.Json;
using SmartCommunity.Storage.Sqlite;

namespace SmartCommunity.Storage.Moving;

/// <summary>Writes the rows of a district's file into a store that nobody uses, in one transaction. Positions move behind the last one and keep their order.</summary>
/// <param name="moveView">Answers the body of a view row (kind, body, shift) with the positions in it moved.</param>
internal sealed class DistrictRows(Connection connection, DistrictFile from, int segmentRows, Func<string, string, long, string> moveView)
{
    /// <summary>SQLite's code for what a unique index or a column does not allow.</summary>
    private const int Constraint = 19;

    private readonly Dictionary<long, long> _series = [];
    private readonly HotSegment _hot = new(connection, new Heads());
    private long _shift;

    /// <summary>Answers how far positions moved.</summary>
    public long Write(string file, CancellationToken cancellation)
    {
        _hot.Load();
        _shift = new StoreReview(connection).Last();
        connection.Execute("BEGIN IMMEDIATE");
        foreach (var line in DistrictLines.Read(file))
        {
            cancellation.ThrowIfCancellationRequested();
            if (DistrictTables.Find(line.Name) is { } table)
            {
                Write(table, line);
            }
        }

        connection.Execute(string.Create(CultureInfo.InvariantCulture, $"UPDATE meta SET value = {_shift + from.Position} WHERE name = 'position'"));
        connection.Execute("COMMIT");
        return _shift;
    }

    private void Write(DistrictTable table, DistrictLine line)
    {
        try
        {
            switch (table.Name)
            {
                case DistrictTables.Series:
                    Insert(table, line, skipped: 1);
                    _series[line.Int64(0)] = connection.Scalar("SELECT last_insert_rowid()");
                    break;
                case DistrictTables.Readings:
                    WriteReading(line);
                    break;
                case DistrictTables.Lookups:
                    RequireFree(line);
                    Insert(table, line);
                    break;
                default:
                    Insert(table, line);
                    break;
            }
        }
        catch (SqliteFault fault) when ((fault.Code & 0xff) == Constraint)
        {
            throw new DistrictFileException(line.Number, $"the store has this row of {table.Name} already, or it lacks a column; export the district again.", fault);
        }
    }

    private void Insert(DistrictTable table, DistrictLine line, int skipped = 0)
    {
        var columns = table.Columns[skipped..];
        var insert = connection.Kept(
            $"INSERT INTO {table.Name}(district, {string.Join(", ", columns)}) VALUES (?{string.Concat(Enumerable.Repeat(", ?", columns.Length))})");
        insert.Bind(1, from.District);
        for (var i = skipped; i < table.Columns.Length; i++)
        {
            var parameter = i - skipped + 2;
            if (table.Columns[i] == "position")
            {
                insert.Bind(parameter, Position(line));
            }
            else if (table.Name == DistrictTables.Views && table.Columns[i] == "body")
            {
                insert.BindText(parameter, Encoding.UTF8.GetBytes(moveView(line.Text(1), line.Text(i), _shift)));
            }
            else
            {
                Bind(insert, parameter, line, i);
            }
        }

        insert.Run();
    }

    private void WriteReading(DistrictLine line)
    {
        if (!_series.TryGetValue(line.Int64(1), out var series))
        {
            throw new DistrictFileException(line.Number, "the reading names no series of the file; export the district again.");
        }

        var position = Position(line);
        if (_hot.Rows >= segmentRows)
        {
            _hot.SealOpen(position);
        }

        var value = line[4].ValueKind == JsonValueKind.Null ? double.NaN : Real(line, 4);
        var message = line[5].ValueKind == JsonValueKind.Null ? null : line.Text(5);
        _hot.Insert(position, series, new("", "", "", line.Int64(2), line.Int64(3), value, message, checked((int)line.Int64(6))));
    }

    /// <summary>A token or key opens one thing in the whole store.</summary>
    private void RequireFree(DistrictLine line)
    {
        var find = connection.Kept("SELECT district, kind, id FROM lookups WHERE scope = ? AND key = ?");
        find.Bind(1, line.Text(0));
        find.Bind(2, line.Text(1));
        if (find.Step())
        {
            throw new DistrictFileException(
                line.Number,
                $"the {line.Text(0)} of {line.Text(2)} {line.Text(3)} is that of {find.Text(1)} {find.Text(2)} in district {find.Text(0)} too; give one of them another, then export again.");
        }

        find.Reset();
    }

    private long Position(DistrictLine line) => line.Int64(0) is > 0 and var position && position <= from.Position
        ? _shift + position
        : throw new DistrictFileException(line.Number, $"its position is not within 1 to {from.Position}; export the district again.");

    private static void Bind(Statement insert, int parameter, DistrictLine line, int column)
    {
        var cell = line[column];
        switch (cell.ValueKind)
        {
            case JsonValueKind.String:
                insert.BindText(parameter, Encoding.UTF8.GetBytes(cell.GetString()!));
                break;
            case JsonValueKind.Number when cell.TryGetInt64(out var number):
                insert.Bind(parameter, number);
                break;
            case JsonValueKind.Number:
                insert.Bind(parameter, Real(line, column));
                break;
            case JsonValueKind.Object when cell.TryGetProperty("b64", out var packed) && packed.ValueKind == JsonValueKind.String && packed.TryGetBytesFromBase64(out var bytes):
                insert.BindBlob(parameter, bytes);
                break;
            case JsonValueKind.Null:
                insert.BindNull(parameter);
                break;
            default:
                throw new DistrictFileException(line.Number, $"column {column + 1} is no text, number or blob; export the district again.");
        }
    }

    private static double Real(DistrictLine line, int column) => double.TryParse(line[column].GetRawText(), NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
        ? value
        : throw new DistrictFileException(line.Number, $"column {column + 1} is no number; export the district again.");
}
