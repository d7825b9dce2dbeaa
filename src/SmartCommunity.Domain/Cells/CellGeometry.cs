using NetTopologySuite.Geometries;
using SmartCommunity.Domain.Districts;

namespace SmartCommunity.Domain.Cells;

/// <summary>From rings to polygons, and areas in square metres.</summary>
internal static class CellGeometry
{
    /// <summary>Metres a degree of latitude (mean).</summary>
    public const double MetresPerDegree = 111_195.0;

    public static GeometryFactory Factory { get; } = new(new PrecisionModel(), 4326);

    public static Polygon ToPolygon(GeoPoint[][] rings) => Factory.CreatePolygon(
        Factory.CreateLinearRing(Coordinates(rings[0])),
        [.. rings.Skip(1).Select(r => Factory.CreateLinearRing(Coordinates(r)))]);

    /// <summary>
    /// Area of a polygon on a sphere of mean radius, projected locally (a degree of longitude shrinks with the cosine of the latitude). For cells of
    /// up to some kilometres the error against the ellipsoid is below 0.5 %.
    /// </summary>
    public static double AreaM2(Geometry geometry)
    {
        if (geometry.IsEmpty)
        {
            return 0;
        }

        var latitude = (geometry.EnvelopeInternal.MinY + geometry.EnvelopeInternal.MaxY) / 2;
        return geometry.Area * MetresPerDegree * MetresPerDegree * Math.Cos(latitude * Math.PI / 180);
    }

    private static Coordinate[] Coordinates(GeoPoint[] ring) => [.. ring.Select(p => new Coordinate(p.Lon, p.Lat))];
}
