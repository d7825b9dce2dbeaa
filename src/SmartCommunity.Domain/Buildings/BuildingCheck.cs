using SmartCommunity.Domain.Commands;
using SmartCommunity.Domain.Districts;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Domain.Twins;

namespace SmartCommunity.Domain.Buildings;

/// <summary>What a building must be.</summary>
internal static class BuildingCheck
{
    public static Refusal? Judge(TwinKey twin, Building building)
    {
        if (!IdText.IsValid(building.Id.ToString()) || TwinKey.Of(building.Id) != twin)
        {
            return IdText.Refuse("building_id");
        }

        return Check.Text(building.Name, "name")
            ?? Check.Text(building.Address, "address", Limits.AddressCharsMax, required: false)
            ?? GeoCheck.Judge(building.Location, "location")
            ?? Check.Range(building.Storeys, 0, Limits.StoreysMax, "storeys")
            ?? Check.Range(building.Households, 0, Limits.HouseholdsMax, "households");
    }
}
