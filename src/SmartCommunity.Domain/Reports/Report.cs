using Orleans;
using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.Districts;
using SmartCommunity.Domain.Ids;

namespace SmartCommunity.Domain.Reports;

/// <summary>
/// A person's report that came through a kiosk, app or gateway. Its id is <c>{device}:{message id}</c>. An unknown place stays unknown: then
/// <paramref name="Cell"/> is null and the report counts for the district alone.
/// </summary>
/// <param name="ClassCode">Issue class, major.minor (<c>02.03</c>).</param>
/// <param name="Channel">Source; never changes.</param>
/// <param name="Evidence">Links to evidence with their hashes; the evidence itself is not kept here.</param>
[GenerateSerializer, Immutable, Alias("sc.Report")]
public sealed record Report(
    [property: Id(0)] string Id,
    [property: Id(1)] DeviceId Device,
    [property: Id(2)] string ClassCode,
    [property: Id(3)] string Text,
    [property: Id(4)] string Channel,
    [property: Id(5)] GeoPoint? Location,
    [property: Id(6)] AreaCode? Cell,
    [property: Id(7)] Reporter? Reporter,
    [property: Id(8)] Evidence[] Evidence,
    [property: Id(9)] DateTimeOffset At,
    [property: Id(10)] DateTimeOffset ReceivedAt,
    [property: Id(11)] string Place);

/// <summary>Who reported; both may be empty.</summary>
[GenerateSerializer, Immutable, Alias("sc.Reporter")]
public sealed record Reporter([property: Id(0)] string Name, [property: Id(1)] string Phone);

[GenerateSerializer, Immutable, Alias("sc.Evidence")]
public sealed record Evidence([property: Id(0)] string Uri, [property: Id(1)] string Sha256);
