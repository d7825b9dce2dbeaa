using SmartCommunity.Domain.Commands;
using SmartCommunity.Domain.OrgUnits;
using SmartCommunity.Domain.Refusals;

namespace SmartCommunity.Grains.OrgUnits;

/// <summary>One organisational unit. Key: <c>340104/orgs/{id}</c>. Stream: <c>orgs/{id}</c>.</summary>
[Alias("sc.IOrgUnitGrain"), GrainInterfaceType("sc.org-unit")]
public interface IOrgUnitGrain : IGrainWithStringKey
{
    /// <summary>Creates or changes the unit. Refuses a parent of another tier than the one above, or an area outside the parent's.</summary>
    [Alias("Define")]
    Task<Outcome<OrgUnit>> Define(OrgUnit unit, WriteCondition condition, CommandContext context);
}
