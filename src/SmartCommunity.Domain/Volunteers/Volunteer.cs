using Orleans;
using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.Districts;
using SmartCommunity.Domain.Ids;

namespace SmartCommunity.Domain.Volunteers;

/// <summary>A volunteer (志愿者): profile, and where they were last seen.</summary>
/// <param name="Skills">Free terms of the district's catalogue, lower case.</param>
/// <param name="Home">The cell or community they serve in.</param>
/// <param name="Phone">Digits with an optional leading +; empty when unknown.</param>
/// <param name="Presence">Last reported presence; null before the first.</param>
[GenerateSerializer, Immutable, Alias("sc.Volunteer")]
public sealed record Volunteer(
    [property: Id(0)] VolunteerId Id,
    [property: Id(1)] string Name,
    [property: Id(2)] string Phone,
    [property: Id(3)] string[] Skills,
    [property: Id(4)] AreaCode Home,
    [property: Id(5)] bool PartyMember,
    [property: Id(6)] VolunteerPresence? Presence,
    [property: Id(7)] long Revision);

/// <summary>Where a volunteer said to be. <paramref name="Cell"/> is null outside all cells.</summary>
[GenerateSerializer, Immutable, Alias("sc.VolunteerPresence")]
public sealed record VolunteerPresence(
    [property: Id(0)] bool OnDuty,
    [property: Id(1)] GeoPoint? Location,
    [property: Id(2)] AreaCode? Cell,
    [property: Id(3)] DateTimeOffset At);
