using Orleans;
using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Domain.Twins;

namespace SmartCommunity.Domain.Devices;

/// <summary>A device as the directory shows it: a row of the twin it is mounted on.</summary>
/// <param name="Mount">The building or cell it is mounted on; fixed for the life of the registration.</param>
/// <param name="Area">The area its readings count for: the cell of its mount, else the district.</param>
/// <param name="TokenHash">What is kept of its secret, which is shown once and never stored; see <see cref="DeviceCredential"/>.</param>
/// <param name="Gateway">The device whose connection may speak for this one; null when it speaks for itself only.</param>
/// <param name="UserName">The user name its password belongs to; null when it has a token.</param>
[GenerateSerializer, Immutable, Alias("sc.Device")]
public sealed record Device(
    [property: Id(0)] DeviceId Id,
    [property: Id(1)] string Name,
    [property: Id(2)] ProfileId Profile,
    [property: Id(3)] TwinKey Mount,
    [property: Id(4)] AreaCode Area,
    [property: Id(5)] bool Revoked,
    [property: Id(6)] string TokenHash,
    [property: Id(7)] long Revision,
    [property: Id(8)] DeviceId? Gateway = null,
    [property: Id(9)] string? UserName = null);

/// <summary>One metric of a profile. Values outside [<paramref name="Min"/>, <paramref name="Max"/>] are quarantined, never stored as 0.</summary>
/// <param name="Name">Key in the payload, lower case letters, digits and _.</param>
/// <param name="Unit">UCUM code (<c>Cel</c>, <c>%</c>, <c>ug/m3</c>); <c>1</c> for none.</param>
[GenerateSerializer, Immutable, Alias("sc.Metric")]
public sealed record Metric(
    [property: Id(0)] string Name,
    [property: Id(1)] string Unit,
    [property: Id(2)] double Min,
    [property: Id(3)] double Max);

/// <summary>A kind of device: its metrics and how long it may be silent before it counts as offline.</summary>
/// <param name="Decoder">How its raw bytes are read; null when it sends none.</param>
[GenerateSerializer, Immutable, Alias("sc.DeviceProfile")]
public sealed record DeviceProfile(
    [property: Id(0)] ProfileId Id,
    [property: Id(1)] string Name,
    [property: Id(2)] Metric[] Metrics,
    [property: Id(3)] int OfflineAfterSeconds,
    [property: Id(4)] long Revision,
    [property: Id(5)] PayloadDecoder? Decoder = null);
