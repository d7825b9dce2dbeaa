using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.Buildings;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Grpc.Refusals;
using SmartCommunity.Grpc.Requests;

namespace SmartCommunity.Grpc.Buildings;

internal static class BuildingMapping
{
    public static readonly string[] Changeable = ["display_name", "address", "location", "storeys", "households", "captain"];

    public static FieldNames Names { get; } = new("building", ("name", "display_name"));

    public static V1.Building ToProto(this Building building, AreaCode district) => new()
    {
        Name = ResourceNames.Of(district, ResourceNames.Buildings, building.Id.ToString()),
        DisplayName = building.Name,
        Address = building.Address,
        Location = building.Location.ToProto(),
        Cell = building.Cell?.ToString() ?? string.Empty,
        Storeys = building.Storeys,
        Households = building.Households,
        Captain = ResourceNames.Of(district, ResourceNames.Volunteers, building.Captain?.ToString()),
        Etag = Etags.Of(building.Revision),
    };

    public static Outcome<Building> ToDomain(this V1.Building building, AreaCode district, BuildingId id)
    {
        var reader = new RequestReader(district);
        if (building.Location is null)
        {
            reader.Refuse(Answers.Missing("location"));
        }

        return reader.Finish(new Building(
            id,
            building.DisplayName,
            building.Address,
            reader.Point(building.Location, "location") ?? default,
            Cell: null,
            building.Storeys,
            building.Households,
            reader.OptionalReference<VolunteerId>(building.Captain, ResourceNames.Volunteers, "captain"),
            Revision: 0));
    }
}
