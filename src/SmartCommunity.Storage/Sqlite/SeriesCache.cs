using System.Collections.Concurrent;

namespace SmartCommunity.Storage.Sqlite;

internal sealed record SeriesRow(long Id, StreamKey Stream, string Device, string Metric, string Area);

/// <summary>Names of series for readers. Series never change, so a stale entry does not exist; when it is full it starts anew.</summary>
internal sealed class SeriesCache
{
    public const int MaxRows = 65_536;

    private readonly ConcurrentDictionary<long, SeriesRow> _rows = new();
    private int _count;

    /// <summary>Rows held now.</summary>
    public int Count => _rows.Count;

    public SeriesRow Get(Connection connection, long id)
    {
        if (_rows.TryGetValue(id, out var row))
        {
            return row;
        }

        var find = connection.Kept("SELECT district, stream, device, metric, area FROM series WHERE id = ?");
        find.Bind(1, id);
        if (!find.Step())
        {
            throw new SqliteFault(Native.Corrupt, $"series {id} is missing");
        }

        row = new SeriesRow(id, new StreamKey(find.Text(0), find.Text(1)), find.Text(2), find.Text(3), find.Text(4));
        find.Reset();
        if (Interlocked.Increment(ref _count) > MaxRows)
        {
            _rows.Clear();
            _count = 0;
        }

        return _rows.GetOrAdd(id, row);
    }

    public List<SeriesRow> OfStream(Connection connection, StreamKey stream)
    {
        var find = connection.Kept("SELECT id FROM series WHERE district = ? AND stream = ?");
        find.Bind(1, stream.District);
        find.Bind(2, stream.Name);
        return All(connection, find);
    }

    public List<SeriesRow> OfDevice(Connection connection, string district, string device)
    {
        var find = connection.Kept("SELECT id FROM series WHERE district = ? AND device = ?");
        find.Bind(1, district);
        find.Bind(2, device);
        return All(connection, find);
    }

    private List<SeriesRow> All(Connection connection, Statement ids)
    {
        var rows = new List<SeriesRow>();
        while (ids.Step())
        {
            rows.Add(Get(connection, ids.Int64(0)));
        }

        ids.Reset();
        return rows;
    }
}
