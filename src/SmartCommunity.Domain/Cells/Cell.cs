using Orleans;
using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.Districts;

namespace SmartCommunity.Domain.Cells;

/// <summary>
/// A grid cell (单元网格) as the directory shows it. The outline is one polygon: the outer ring first, then holes; each ring closed
/// (first point = last point), WGS-84 degrees.
/// </summary>
/// <param name="Code">15 digits; the community is its first twelve.</param>
/// <param name="AreaM2">Area in square metres, computed at import.</param>
[GenerateSerializer, Immutable, Alias("sc.Cell")]
public sealed record Cell(
    [property: Id(0)] AreaCode Code,
    [property: Id(1)] string Name,
    [property: Id(2)] GeoPoint[][] Rings,
    [property: Id(3)] double AreaM2,
    [property: Id(4)] long Revision);

/// <summary>A street or community: a name for a code that is neither a district nor a cell.</summary>
[GenerateSerializer, Immutable, Alias("sc.AreaName")]
public sealed record AreaName([property: Id(0)] AreaCode Code, [property: Id(1)] string Name, [property: Id(2)] long Revision);
