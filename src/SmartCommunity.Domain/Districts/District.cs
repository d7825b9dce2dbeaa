using Orleans;
using SmartCommunity.Domain.Areas;

namespace SmartCommunity.Domain.Districts;

/// <summary>A district (区县) as the directory shows it; the state of the district's own stream.</summary>
/// <param name="Code">Six digits.</param>
/// <param name="Name">Display name, any language.</param>
/// <param name="TimeZone">IANA name (<c>Asia/Shanghai</c>); days and calendars are local to it.</param>
/// <param name="Centre">Where maps open; null when not set.</param>
/// <param name="Revision">Number of changes; the etag.</param>
[GenerateSerializer, Immutable, Alias("sc.District")]
public sealed record District(
    [property: Id(0)] AreaCode Code,
    [property: Id(1)] string Name,
    [property: Id(2)] string TimeZone,
    [property: Id(3)] GeoPoint? Centre,
    [property: Id(4)] long Revision);

/// <summary>Longitude and latitude in degrees, WGS-84 (CGCS2000 is the same to within centimetres).</summary>
[GenerateSerializer, Immutable, Alias("sc.GeoPoint")]
public readonly record struct GeoPoint([property: Id(0)] double Lon, [property: Id(1)] double Lat);
