using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.Cells;
using SmartCommunity.Domain.Districts;

namespace SmartCommunity.Domain.Demo;

/// <summary>
/// The outlines of the demo cells: lines of shifted points with cells between them, so that neighbours share every point and there is neither a
/// gap nor an overlap. A community has two cells in its northern half and three in its southern.
/// </summary>
internal sealed class DemoGrid(int seed)
{
    public const int CellsPerCommunity = 5;
    public const int CommunitiesPerStreet = 4;

    private const int CommunityColumns = 8;
    private const int StreetColumns = 4;
    private const double CommunityLon = 0.012;
    private const double CommunityLat = 0.0054;
    private const double West = 117.2 - (CommunityColumns * CommunityLon / 2);
    private const double North = 31.83 + (6 * CommunityLat / 2);

    /// <summary>Where on the width of a community the points of a line stand.</summary>
    private static readonly double[] Fractions = [0, 1.0 / 3, 1.0 / 2, 2.0 / 3];

    /// <summary>First and last point of each cell, and its half (0 north), west → east, north → south.</summary>
    private static readonly (int From, int To, int Half)[] Layout = [(0, 2, 0), (2, 4, 0), (0, 1, 1), (1, 3, 1), (3, 4, 1)];

    public GeoPoint[] Ring(int street, int community, int cell)
    {
        var column = (street % StreetColumns * 2) + (community % 2);
        var row = (street / StreetColumns * 2) + (community / 2);
        var (from, to, half) = Layout[cell];
        var line = (row * 2) + half;
        var first = column * Fractions.Length;
        var ring = new List<GeoPoint>();
        for (var i = from; i <= to; i++)
        {
            ring.Add(Point(first + i, line));
        }

        for (var i = to; i >= from; i--)
        {
            ring.Add(Point(first + i, line + 1));
        }

        ring.Add(ring[0]);
        return [.. ring];
    }

    private GeoPoint Point(int index, int line)
    {
        var along = (index / Fractions.Length) + Fractions[index % Fractions.Length];
        var lon = West + ((along + (Shift(index, line, 1) * 0.03)) * CommunityLon);
        var lat = North - (((line / 2.0) + (Shift(index, line, 2) * 0.06)) * CommunityLat);
        return new(Math.Round(lon, 7), Math.Round(lat, 7));
    }

    /// <summary>In [-1, 1), from the seed and the place alone.</summary>
    private double Shift(int index, int line, int axis)
    {
        var hash = Twins.Hash64.Mix(((ulong)(uint)seed << 32) ^ ((ulong)index << 20) ^ ((ulong)line << 4) ^ (ulong)axis);
        return ((hash >> 11) * (2.0 / (1UL << 53))) - 1;
    }
}
