using Google.Protobuf.WellKnownTypes;

namespace SmartCommunity.Edge.Tests.Grpc;

/// <summary>Records that are right in every field.</summary>
internal static class Sample
{
    public static V1.District District() => new() { DisplayName = "蜀山区", TimeZone = "Asia/Shanghai", Centre = new() { Lon = 117.26, Lat = 31.85 } };

    public static V1.Building Building() => new()
    {
        DisplayName = "光明新村1号楼", Address = "合肥市蜀山区", Location = new() { Lon = 117.205, Lat = 31.805 }, Storeys = 6, Households = 48,
    };

    public static V1.Volunteer Volunteer() => new()
    {
        DisplayName = "王秀英", Phone = "13800000000", Skills = { "first-aid" }, Area = EdgeHost.District + "001001", PartyMember = true,
    };

    public static V1.OrgUnit OrgUnit() => new()
    {
        DisplayName = "三里庵街道党工委", Tier = V1.OrgTier.StreetCommittee, Area = EdgeHost.District + "001",
    };

    public static V1.Profile Profile() => new()
    {
        DisplayName = "温度计",
        Metrics = { new V1.Metric { Name = "temperature", Unit = "Cel", Min = -40, Max = 100 } },
        OfflineAfter = Duration.FromTimeSpan(TimeSpan.FromMinutes(10)),
    };

    public static V1.Rule Rule(string profile) => new()
    {
        DisplayName = "高温",
        Profile = profile,
        Metric = "temperature",
        Comparison = V1.Comparison.Above,
        Steps =
        {
            new V1.RuleStep { Level = V1.AlarmLevel.Notice, Threshold = 50, RaiseAfter = new() },
            new V1.RuleStep { Level = V1.AlarmLevel.Critical, Threshold = 80, RaiseAfter = new() },
        },
        Hysteresis = 1,
        DowngradeAfter = Duration.FromTimeSpan(TimeSpan.FromMinutes(2)),
        CloseAfter = Duration.FromTimeSpan(TimeSpan.FromMinutes(5)),
    };

    public static V1.Device Device(string mount, string profile = $"districts/{EdgeHost.District}/profiles/thermometer") =>
        new() { DisplayName = "楼道温度计", Profile = profile, Mount = mount };

    /// <summary>A square of 0.01 degrees.</summary>
    public static V1.Polygon Square(double lon, double lat) => new()
    {
        Rings =
        {
            new V1.LinearRing
            {
                Points =
                {
                    new V1.GeoPoint { Lon = lon, Lat = lat },
                    new V1.GeoPoint { Lon = lon + 0.01, Lat = lat },
                    new V1.GeoPoint { Lon = lon + 0.01, Lat = lat + 0.01 },
                    new V1.GeoPoint { Lon = lon, Lat = lat + 0.01 },
                    new V1.GeoPoint { Lon = lon, Lat = lat },
                },
            },
        },
    };
}
