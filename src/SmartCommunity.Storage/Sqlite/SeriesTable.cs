namespace SmartCommunity.Storage.Sqlite;

/// <summary>The series of one stream. Messages repeat their metrics in the same order, so the one after the last hit is tried first.</summary>
internal sealed class SeriesTable
{
    private const int ScannedRows = 8;

    private Row[] _rows = [];
    private int _count;
    private int _next;
    private Dictionary<(string Device, string Metric, string Area), int>? _index;

    /// <summary>The id, or 0 when the series is not known.</summary>
    public long Find(string device, string metric, string area)
    {
        if (_count == 0)
        {
            return 0;
        }

        if (_next < _count && _rows[_next].Is(device, metric, area))
        {
            return Hit(_next);
        }

        if (_index is not null)
        {
            return _index.TryGetValue((device, metric, area), out var found) ? Hit(found) : 0;
        }

        for (var i = 0; i < _count; i++)
        {
            if (_rows[i].Is(device, metric, area))
            {
                return Hit(i);
            }
        }

        return 0;
    }

    public void Add(long id, string device, string metric, string area)
    {
        if (_count == _rows.Length)
        {
            Array.Resize(ref _rows, Math.Max(2, _count * 2));
        }

        _rows[_count] = new Row(device, metric, area, id);
        _index?.Add((device, metric, area), _count);
        _count++;
        if (_count > ScannedRows && _index is null)
        {
            _index = [];
            for (var i = 0; i < _count; i++)
            {
                _index.Add((_rows[i].Device, _rows[i].Metric, _rows[i].Area), i);
            }
        }
    }

    private long Hit(int row)
    {
        _next = row + 1 == _count ? 0 : row + 1;
        return _rows[row].Id;
    }

    private readonly record struct Row(string Device, string Metric, string Area, long Id)
    {
        public bool Is(string device, string metric, string area) => Metric == metric && Device == device && Area == area;
    }
}
