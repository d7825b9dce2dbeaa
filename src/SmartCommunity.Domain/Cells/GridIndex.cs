using System.Collections.Frozen;
using NetTopologySuite.Geometries;
using NetTopologySuite.Geometries.Prepared;
using NetTopologySuite.Index.Strtree;
using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.Districts;

namespace SmartCommunity.Domain.Cells;

/// <summary>Finds the cell of a point. Immutable and safe for many readers at once. On a shared border the lowest code wins.</summary>
public sealed class GridIndex : IPlaces
{
    private readonly STRtree<Entry> tree = new();

    private readonly FrozenSet<AreaCode> known;

    /// <param name="areas">Named streets and communities.</param>
    public GridIndex(AreaCode district, IEnumerable<Cell> cells, IEnumerable<AreaCode> areas)
    {
        ArgumentNullException.ThrowIfNull(cells);
        ArgumentNullException.ThrowIfNull(areas);
        var all = new HashSet<AreaCode>(areas) { district };
        foreach (var cell in cells)
        {
            var polygon = CellGeometry.ToPolygon(cell.Rings);
            tree.Insert(polygon.EnvelopeInternal, new(cell.Code, PreparedGeometryFactory.Prepare(polygon)));
            all.Add(cell.Code);
        }

        // Built now: a lazily built tree would be built by two readers at once.
        tree.Build();
        known = all.ToFrozenSet();
    }

    public static GridIndex Empty(AreaCode district) => new(district, [], []);

    public bool Knows(AreaCode area) => known.Contains(area);

    public AreaCode? Locate(GeoPoint point)
    {
        if (!GeoCheck.IsValid(point))
        {
            return null;
        }

        var place = CellGeometry.Factory.CreatePoint(new Coordinate(point.Lon, point.Lat));
        AreaCode? found = null;
        foreach (var entry in tree.Query(place.EnvelopeInternal))
        {
            var lower = found is not { } best || string.CompareOrdinal(entry.Code.ToString(), best.ToString()) < 0;
            if (lower && Covers(entry.Polygon, place))
            {
                found = entry.Code;
            }
        }

        return found;
    }

    /// <summary>Prepared geometries build their index on first use, so they are asked one at a time.</summary>
    private static bool Covers(IPreparedGeometry polygon, Point place)
    {
        lock (polygon)
        {
            return polygon.Covers(place);
        }
    }

    private sealed record Entry(AreaCode Code, IPreparedGeometry Polygon);
}
