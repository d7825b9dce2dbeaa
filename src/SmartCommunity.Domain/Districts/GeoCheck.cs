using SmartCommunity.Domain.Refusals;

namespace SmartCommunity.Domain.Districts;

/// <summary>Whether two numbers can be a longitude and a latitude.</summary>
public static class GeoCheck
{
    public static bool IsValid(GeoPoint point) => Math.Abs(point.Lon) <= 180 && Math.Abs(point.Lat) <= 90;

    public static Refusal? Judge(GeoPoint point, string field) => IsValid(point)
        ? null
        : new(
            RefusalCode.BadGeometry,
            field,
            "The longitude lies in -180 … 180 and the latitude in -90 … 90, in degrees, WGS-84.",
            Math.Abs(point.Lat) <= 180 && Math.Abs(point.Lon) <= 90 ? "Longitude comes first; the two seem to be swapped." : "Give finite degrees.");
}
