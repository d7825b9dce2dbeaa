using NetTopologySuite.Operation.Valid;
using SmartCommunity.Domain.Districts;
using SmartCommunity.Domain.Refusals;

namespace SmartCommunity.Domain.Cells;

/// <summary>Whether rings are a polygon.</summary>
internal static class RingCheck
{
    private const int RingPointsMin = 4;

    public static Refusal? Judge(GeoPoint[][]? rings)
    {
        if (rings is not { Length: > 0 } || rings[0] is not { Length: > 0 })
        {
            return Bad("rings", "The polygon is empty.", "Draw its outline.");
        }

        var refusal = Commands.Check.Count(rings.Length, Limits.RingsPerCellMax, "rings");
        for (var i = 0; i < rings.Length && refusal is null; i++)
        {
            refusal = Judge(rings[i] ?? [], $"rings[{i}]");
        }

        return refusal ?? Crossing(rings);
    }

    private static Refusal? Judge(GeoPoint[] ring, string field)
    {
        if (ring.Length > Limits.RingPointsMax)
        {
            return new(RefusalCode.TooLarge, field, $"The ring has {ring.Length} points; at most {Limits.RingPointsMax} are taken.", "Simplify the outline.");
        }

        for (var i = 0; i < ring.Length; i++)
        {
            if (GeoCheck.Judge(ring[i], $"{field}[{i}]") is { } refusal)
            {
                return refusal;
            }
        }

        if (ring.Length < RingPointsMin)
        {
            return Bad(field, $"A ring has at least {RingPointsMin} points, the last equal to the first.", "Draw at least three corners.");
        }

        return ring[0] == ring[^1] ? null : Bad(field, "The ring is open: its last point is not its first.", "Repeat the first point at the end.");
    }

    private static Refusal? Crossing(GeoPoint[][] rings)
    {
        var polygon = CellGeometry.ToPolygon(rings);
        if (new IsValidOp(polygon).ValidationError is { } error)
        {
            var where = error.Coordinate is { } at ? FormattableString.Invariant($" at {at.X}, {at.Y}") : string.Empty;
            return Bad("rings", $"The outline is no simple polygon ({error.Message}{where}).", "Redraw it so that no line crosses or repeats another.");
        }

        return polygon.Area > 0 ? null : Bad("rings", "The polygon has no area.", "Draw its outline.");
    }

    private static Refusal Bad(string field, string rule, string wayOut) => new(RefusalCode.BadGeometry, field, rule, wayOut);
}
