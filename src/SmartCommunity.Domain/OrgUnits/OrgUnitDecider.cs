using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.Commands;
using SmartCommunity.Domain.Districts;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Domain.Views;

namespace SmartCommunity.Domain.OrgUnits;

/// <summary>Decides on an organisational unit. The state is the unit itself, null before its creation.</summary>
public static class OrgUnitDecider
{
    /// <param name="parent">The record of <see cref="OrgUnit.Parent"/>; null when none is named or none is found.</param>
    public static Outcome<Decision<OrgUnit>> Define(
        OrgUnit? current, OrgUnit unit, OrgUnit? parent, AreaCode district, WriteCondition condition, CommandContext context)
    {
        var refusal = Check.Condition(condition, current?.Revision, "org_unit") ?? Judge(current, unit, parent, district);
        if (refusal is not null)
        {
            return refusal;
        }

        var wanted = unit with { Revision = (current?.Revision ?? 0) + 1 };
        if (current is not null && wanted == current with { Revision = wanted.Revision })
        {
            return new Decision<OrgUnit>(current);
        }

        var decision = new Decision<OrgUnit>(wanted);
        if (!condition.DryRun)
        {
            decision.Happened(new OrgUnitDefined(wanted), wanted.Area, context);
            decision.Effects.Rows.Add(new(ViewKinds.OrgUnit, wanted.Id.ToString(), wanted.Area.ToString(), ViewStatus.None, wanted));
        }

        return decision;
    }

    public static OrgUnit Evolve(OrgUnit? current, DomainEvent happened) => happened is OrgUnitDefined e
        ? e.Unit
        : throw new ArgumentException($"{happened.GetType().Name} does not belong to a unit.", nameof(happened));

    private static Refusal? Judge(OrgUnit? current, OrgUnit unit, OrgUnit? parent, AreaCode district)
    {
        if (!IdText.IsValid(unit.Id.ToString()))
        {
            return IdText.Refuse("org_unit_id");
        }

        if (Check.Text(unit.Name, "name") is { } badName)
        {
            return badName;
        }

        if (current is not null && current.Tier != unit.Tier)
        {
            return new(RefusalCode.Immutable, "tier", "The tier of a unit is fixed.", "Create another unit.");
        }

        if (!district.Contains(unit.Area))
        {
            return new(RefusalCode.WrongParent, "area", $"The area does not lie in district {district}.", "Choose an area of the district.");
        }

        return unit.Tier switch
        {
            OrgTier.StreetCommittee => Top(unit),
            OrgTier.CommunityCommittee => Below(unit, parent, OrgTier.StreetCommittee, unit.Area.Level == AreaLevel.Community, "a community (12 digits)"),
            OrgTier.Branch => Below(
                unit,
                parent,
                OrgTier.CommunityCommittee,
                unit.Area.Level is AreaLevel.Community or AreaLevel.Cell,
                "a community or a cell (12 or 15 digits)"),
            _ => new(RefusalCode.Missing, "tier", "A unit is a street committee, a community committee or a branch.", "Choose one."),
        };
    }

    private static Refusal? Top(OrgUnit unit)
    {
        if (unit.Area.Level != AreaLevel.Street)
        {
            return new(RefusalCode.WrongParent, "area", "The area of a street committee is a street (9 digits).", "Choose a street.");
        }

        return unit.Parent is null
            ? null
            : new(RefusalCode.WrongParent, "parent", "A street committee is the top tier.", "Leave the parent out.");
    }

    private static Refusal? Below(OrgUnit unit, OrgUnit? parent, OrgTier above, bool areaFits, string areaWanted)
    {
        if (!areaFits)
        {
            return new(RefusalCode.WrongParent, "area", $"The area of this tier is {areaWanted}.", "Choose such an area.");
        }

        if (parent is null || parent.Id != unit.Parent || parent.Tier != above)
        {
            return new(RefusalCode.WrongParent, "parent", $"The parent must be a {above} that exists.", "Create the tier above first.");
        }

        return parent.Area.Contains(unit.Area)
            ? null
            : new(RefusalCode.WrongParent, "area", $"The area does not lie in the parent's, {parent.Area}.", "Choose an area inside it, or another parent.");
    }
}
