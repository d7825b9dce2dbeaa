using Orleans;
using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.Ids;

namespace SmartCommunity.Domain.OrgUnits;

/// <summary>The three tiers (三级联动): street committee gives policy and resources, community committee coordinates, branch carries out.</summary>
public enum OrgTier
{
    None = 0,

    /// <summary>街道党工委.</summary>
    StreetCommittee = 1,

    /// <summary>社区党委.</summary>
    CommunityCommittee = 2,

    /// <summary>党支部.</summary>
    Branch = 3,
}

/// <summary>An organisational unit. Its parent is of the tier above; its area lies inside the parent's.</summary>
[GenerateSerializer, Immutable, Alias("sc.OrgUnit")]
public sealed record OrgUnit(
    [property: Id(0)] OrgUnitId Id,
    [property: Id(1)] OrgTier Tier,
    [property: Id(2)] string Name,
    [property: Id(3)] AreaCode Area,
    [property: Id(4)] OrgUnitId? Parent,
    [property: Id(5)] long Revision);
