using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Domain.OrgUnits;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Grpc.Refusals;
using SmartCommunity.Grpc.Requests;

namespace SmartCommunity.Grpc.OrgUnits;

internal static class OrgUnitMapping
{
    public static readonly string[] Changeable = ["tier", "display_name", "area", "superior"];

    public static FieldNames Names { get; } = new("org_unit", ("name", "display_name"), ("parent", "superior"));

    public static V1.OrgUnit ToProto(this OrgUnit unit, AreaCode district) => new()
    {
        Name = ResourceNames.Of(district, ResourceNames.OrgUnits, unit.Id.ToString()),
        Tier = (V1.OrgTier)unit.Tier,
        DisplayName = unit.Name,
        Area = unit.Area.ToString(),
        Superior = ResourceNames.Of(district, ResourceNames.OrgUnits, unit.Parent?.ToString()),
        Etag = Etags.Of(unit.Revision),
    };

    public static Outcome<OrgUnit> ToDomain(this V1.OrgUnit unit, AreaCode district, OrgUnitId id)
    {
        var reader = new RequestReader(district);
        return reader.Finish(new OrgUnit(
            id,
            reader.Required<V1.OrgTier, OrgTier>(unit.Tier, "tier"),
            unit.DisplayName,
            reader.Area(unit.Area, "area"),
            reader.OptionalReference<OrgUnitId>(unit.Superior, ResourceNames.OrgUnits, "superior"),
            Revision: 0));
    }
}
