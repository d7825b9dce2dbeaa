using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.Districts;

namespace SmartCommunity.Domain.Cells;

/// <summary>What deciders ask of the district's division; <see cref="GridIndex"/> answers.</summary>
public interface IPlaces
{
    /// <summary>The one cell a point lies in, also on a border; null outside all cells.</summary>
    AreaCode? Locate(GeoPoint point);

    /// <summary>Whether an area (the district, a named street or community, a cell) exists.</summary>
    bool Knows(AreaCode area);
}
