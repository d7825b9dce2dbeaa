using NetTopologySuite.Geometries;
using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.Districts;

namespace SmartCommunity.Domain.Cells;

/// <summary>A cell on its way through the checks. <paramref name="Row"/> is 0 for a cell that is there already.</summary>
internal sealed record CellShape(int Row, AreaCode Code, string Name, Polygon Polygon)
{
    public static CellShape Of(CellDraft draft) => new(draft.Row, AreaCode.Parse(draft.Code), draft.Name, CellGeometry.ToPolygon(draft.Rings));

    public static CellShape Of(Cell cell) => new(0, cell.Code, cell.Name, CellGeometry.ToPolygon(cell.Rings));

    public Cell ToCell()
    {
        // NTS normalises to a clockwise shell from the smallest coordinate; GeoJSON wants it the other way round.
        var normal = (Polygon)Polygon.Copy();
        normal.Normalize();
        var rings = new GeoPoint[normal.NumInteriorRings + 1][];
        rings[0] = Points(normal.ExteriorRing);
        for (var i = 0; i < normal.NumInteriorRings; i++)
        {
            rings[i + 1] = Points(normal.GetInteriorRingN(i));
        }

        return new(Code, Name, rings, Math.Round(CellGeometry.AreaM2(Polygon), 1), 0);
    }

    /// <summary>What a refusal calls it.</summary>
    public override string ToString() => Row == 0 ? $"{Code} (there already)" : $"{Code} (row {Row})";

    private static GeoPoint[] Points(LineString ring)
    {
        var points = Array.ConvertAll(ring.Coordinates, c => new GeoPoint(c.X, c.Y));
        Array.Reverse(points);
        return points;
    }
}
