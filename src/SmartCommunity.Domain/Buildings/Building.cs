using Orleans;
using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.Districts;
using SmartCommunity.Domain.Ids;

namespace SmartCommunity.Domain.Buildings;

/// <summary>A building (楼栋) as the directory shows it. It belongs to one cell at a time; null while no cell covers its point (unassigned, never lost).</summary>
[GenerateSerializer, Immutable, Alias("sc.Building")]
public sealed record Building(
    [property: Id(0)] BuildingId Id,
    [property: Id(1)] string Name,
    [property: Id(2)] string Address,
    [property: Id(3)] GeoPoint Location,
    [property: Id(4)] AreaCode? Cell,
    [property: Id(5)] int Storeys,
    [property: Id(6)] int Households,
    [property: Id(7)] VolunteerId? Captain,
    [property: Id(8)] long Revision);
