using NetTopologySuite.Geometries;
using NetTopologySuite.Index.Strtree;
using NetTopologySuite.Operation.Overlay;
using NetTopologySuite.Operation.OverlayNG;
using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.Refusals;

namespace SmartCommunity.Domain.Cells;

/// <summary>What can only be seen of cells together.</summary>
internal static class CellNeighbours
{
    /// <summary>Overlaps and gaps up to this are rounding, not drawing.</summary>
    public const double SliverM2 = 0.01;

    /// <summary>Overlapping pairs listed at most; a file with more is wrong as a whole.</summary>
    public const int OverlapsListedMax = 1_000;

    private const double FarDegrees = 2;
    private const double NearDegrees = 0.5;
    private const double ShiftMetresMin = 150;
    private const double ShiftMetresMax = 1_000;
    private const int ShiftedMin = 3;

    /// <summary>Longitude and latitude swapped where both fit the range: far from all others, and near them when swapped back.</summary>
    public static IEnumerable<RowRefusal> Misplaced(List<CellShape> shapes, List<CellShape> kept)
    {
        if (shapes.Count + kept.Count < 2)
        {
            yield break;
        }

        var all = kept.Count > 0 ? kept : shapes;
        var lon = Median(all.Select(s => s.Polygon.EnvelopeInternal.Centre.X));
        var lat = Median(all.Select(s => s.Polygon.EnvelopeInternal.Centre.Y));
        foreach (var shape in shapes)
        {
            var at = shape.Polygon.EnvelopeInternal.Centre;
            var far = Math.Max(Math.Abs(at.X - lon), Math.Abs(at.Y - lat));
            var swapped = Math.Max(Math.Abs(at.Y - lon), Math.Abs(at.X - lat));
            if (far > FarDegrees && swapped < NearDegrees)
            {
                yield return new(shape.Row, shape.Code.ToString(), new(
                    RefusalCode.BadGeometry,
                    "rings",
                    "The cell lies far from all others; swapped, it would lie among them.",
                    "Longitude comes first, then latitude."));
            }
        }
    }

    /// <summary>Each overlapping pair once, under the row that comes later in the file.</summary>
    public static IEnumerable<RowRefusal> Overlaps(List<CellShape> shapes, List<CellShape> kept)
    {
        var order = new Dictionary<CellShape, int>(ReferenceEqualityComparer.Instance);
        var tree = Tree(kept);
        foreach (var shape in shapes)
        {
            order[shape] = order.Count + 1;
            tree.Insert(shape.Polygon.EnvelopeInternal, shape);
        }

        var listed = 0;
        foreach (var shape in shapes)
        {
            foreach (var other in tree.Query(shape.Polygon.EnvelopeInternal).Where(o => order.GetValueOrDefault(o) < order[shape]).OrderBy(o => o.Row))
            {
                if (SharedM2(shape.Polygon, other.Polygon) is var shared && shared <= SliverM2)
                {
                    continue;
                }

                yield return new(shape.Row, shape.Code.ToString(), new(
                    RefusalCode.Overlap,
                    "rings",
                    FormattableString.Invariant($"{shape} and {other} overlap by {shared:0.##} m²."),
                    "Draw the border once and use the same points on both sides."));
                if (++listed == OverlapsListedMax)
                {
                    yield break;
                }
            }
        }
    }

    /// <summary>Holes between the cells of one community that no other cell fills; said, but no reason to refuse.</summary>
    public static IEnumerable<RowRefusal> Gaps(List<CellShape> shapes, List<CellShape> kept)
    {
        var all = shapes.Concat(kept).ToList();
        var tree = Tree(all);
        var touched = shapes.Select(s => s.Code.Parent).ToHashSet();
        foreach (var community in all.Where(s => touched.Contains(s.Code.Parent)).GroupBy(s => s.Code.Parent))
        {
            var union = OverlayNGRobust.Union(community.Select(s => (Geometry)s.Polygon));
            foreach (var hole in Holes(union))
            {
                var gap = UnfilledM2(hole, tree);
                if (gap > SliverM2)
                {
                    var at = hole.InteriorPoint;
                    yield return new(community.Max(s => s.Row), community.Key.ToString(), new(
                        RefusalCode.Gap,
                        "rings",
                        FormattableString.Invariant($"Between the cells of {community.Key} there is a hole of {gap:0.##} m² at {at.X:0.#####}, {at.Y:0.#####}."),
                        "Points in it will be unassigned until a cell covers it."));
                }
            }
        }
    }

    /// <summary>
    /// All redrawn cells moved by the same few hundred metres: what happens when GCJ-02 coordinates (Chinese web maps) are taken for WGS-84.
    /// </summary>
    public static IEnumerable<RowRefusal> Shifted(List<CellShape> shapes, Cell[] there)
    {
        var before = there.ToDictionary(c => c.Code);
        var shifts = shapes.Where(s => before.ContainsKey(s.Code)).Select(s => Shift(s, before[s.Code])).ToList();
        if (shifts.Count < ShiftedMin)
        {
            yield break;
        }

        var (x, y) = (Median(shifts.Select(s => s.X)), Median(shifts.Select(s => s.Y)));
        var length = Math.Sqrt((x * x) + (y * y));
        if (length is >= ShiftMetresMin and <= ShiftMetresMax && shifts.All(s => s.Distance(new(x, y)) < length / 5))
        {
            yield return new(0, string.Empty, new(
                RefusalCode.BadGeometry,
                "rings",
                FormattableString.Invariant($"All {shifts.Count} redrawn cells moved by about {length:0} m in the same direction, as GCJ-02 coordinates do."),
                "Convert the file to WGS-84 (CGCS2000) and import it again."));
        }
    }

    /// <summary>The area two polygons share, m²; 0 when they only touch.</summary>
    private static double SharedM2(Polygon one, Polygon other)
    {
        var box = one.EnvelopeInternal.Intersection(other.EnvelopeInternal);
        return box.Area <= 0 ? 0 : CellGeometry.AreaM2(OverlayNGRobust.Overlay(one, other, SpatialFunction.Intersection));
    }

    private static IEnumerable<Polygon> Holes(Geometry union)
    {
        for (var i = 0; i < union.NumGeometries; i++)
        {
            if (union.GetGeometryN(i) is Polygon part)
            {
                foreach (var hole in part.InteriorRings)
                {
                    yield return CellGeometry.Factory.CreatePolygon((LinearRing)hole);
                }
            }
        }
    }

    private static double UnfilledM2(Polygon hole, STRtree<CellShape> tree)
    {
        var gap = CellGeometry.AreaM2(hole);
        foreach (var other in tree.Query(hole.EnvelopeInternal))
        {
            gap -= SharedM2(hole, other.Polygon);
        }

        return gap;
    }

    private static STRtree<CellShape> Tree(List<CellShape> shapes)
    {
        var tree = new STRtree<CellShape>();
        foreach (var shape in shapes)
        {
            tree.Insert(shape.Polygon.EnvelopeInternal, shape);
        }

        return tree;
    }

    private static Coordinate Shift(CellShape shape, Cell before)
    {
        var (now, then) = (shape.Polygon.Centroid, CellGeometry.ToPolygon(before.Rings).Centroid);
        var metresPerLon = CellGeometry.MetresPerDegree * Math.Cos(now.Y * Math.PI / 180);
        return new((now.X - then.X) * metresPerLon, (now.Y - then.Y) * CellGeometry.MetresPerDegree);
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted[sorted.Length / 2];
    }
}
