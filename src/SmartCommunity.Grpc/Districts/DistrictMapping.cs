using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.Districts;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Grains.Directory;
using SmartCommunity.Grpc.Refusals;
using SmartCommunity.Grpc.Requests;

namespace SmartCommunity.Grpc.Districts;

internal static class DistrictMapping
{
    public static readonly string[] Changeable = ["display_name", "time_zone", "centre"];

    public static FieldNames Names { get; } = new("district", ("name", "display_name"), ("code", "district_id"));

    public static V1.District ToProto(this District district) => new()
    {
        Name = ResourceNames.District(district.Code),
        DisplayName = district.Name,
        TimeZone = district.TimeZone,
        Centre = district.Centre.ToProto(),
        Etag = Etags.Of(district.Revision),
    };

    public static Outcome<District> ToDomain(this V1.District district, AreaCode code)
    {
        var reader = new RequestReader(code);
        return reader.Finish(new District(code, district.DisplayName, district.TimeZone, reader.Point(district.Centre, "district.centre"), 0));
    }

    public static V1.Rollup ToProto(this Rollup rollup, DateTimeOffset readTime) => new()
    {
        Area = rollup.Area.ToString(),
        DevicesOnline = rollup.DevicesOnline,
        DevicesTotal = rollup.DevicesTotal,
        AlarmsNotice = rollup.AlarmsNotice,
        AlarmsWarning = rollup.AlarmsWarning,
        AlarmsCritical = rollup.AlarmsCritical,
        ReportsToday = rollup.ReportsToday,
        Buildings = rollup.Buildings,
        VolunteersOnDuty = rollup.VolunteersOnDuty,
        ReadTime = readTime.ToProto(),
    };
}
