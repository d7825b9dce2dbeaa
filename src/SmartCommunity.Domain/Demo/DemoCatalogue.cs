using SmartCommunity.Domain.Alarms;
using SmartCommunity.Domain.Devices;
using SmartCommunity.Domain.Ids;

namespace SmartCommunity.Domain.Demo;

/// <summary>Profiles and rules of the demo district. District data, not product constants: a district replaces them.</summary>
internal static class DemoCatalogue
{
    public static readonly ProfileId Environment = ProfileId.Parse("environment");
    public static readonly ProfileId Smoke = ProfileId.Parse("smoke");
    public static readonly ProfileId WaterMeter = ProfileId.Parse("water-meter");
    public static readonly ProfileId Lift = ProfileId.Parse("lift");
    public static readonly ProfileId Light = ProfileId.Parse("street-light");
    public static readonly ProfileId Kiosk = ProfileId.Parse("kiosk");

    private const int TenMinutes = 600;
    private const int OneHour = 3600;
    private const int OneDay = 86_400;

    public static DeviceProfile[] Profiles() =>
    [
        new(
            Environment,
            "环境监测 environment",
            [
                new("pm25", "ug/m3", 0, 1000),
                new("pm10", "ug/m3", 0, 2000),
                new("temperature", "Cel", -40, 85),
                new("humidity", "%", 0, 100),
                new("noise", "dB", 0, 160),
            ],
            TenMinutes,
            0),
        new(Smoke, "烟感 smoke detector", [new("smoke", "%", 0, 100), new("temperature", "Cel", -40, 125), new("battery", "%", 0, 100)], OneDay, 0),
        new(WaterMeter, "智能水表 water meter", [new("flow", "m3/h", 0, 100), new("total", "m3", 0, 10_000_000), new("pressure", "bar", 0, 25)], OneHour, 0),
        new(
            Lift,
            "电梯 lift",
            [new("floor", "1", -10, 300), new("load", "kg", 0, 5000), new("vibration", "m/s2", 0, 50), new("door_open", "1", 0, 1)],
            TenMinutes,
            0),
        new(Light, "路灯 street light", [new("power", "W", 0, 1000), new("illuminance", "lx", 0, 200_000), new("water_level", "cm", 0, 1000)], OneHour, 0),
        new(Kiosk, "自助终端 kiosk", [new("uptime", "s", 0, 1_000_000_000), new("temperature", "Cel", -40, 125)], OneHour, 0),
    ];

    public static AlarmRule[] Rules() =>
    [
        Rule("pm25-high", "PM2.5 偏高", Environment, "pm25", Comparison.Above, 5, Step(AlarmLevel.Notice, 75), Step(AlarmLevel.Warning, 115), Step(AlarmLevel.Critical, 150)),
        Rule("heat", "高温", Environment, "temperature", Comparison.Above, 1, Step(AlarmLevel.Notice, 35), Step(AlarmLevel.Warning, 38), Step(AlarmLevel.Critical, 41)),
        Rule("damp", "湿度过高", Environment, "humidity", Comparison.Above, 3, Step(AlarmLevel.Notice, 90)),
        Rule("night-noise", "夜间噪声", Environment, "noise", Comparison.Above, 3, Step(AlarmLevel.Notice, 55), Step(AlarmLevel.Warning, 70)) with
        {
            Calendar = new([], 22 * 60, 6 * 60),
        },
        Rule("smoke", "烟雾报警", Smoke, "smoke", Comparison.Above, 2, new(AlarmLevel.Warning, 8, 10), new(AlarmLevel.Critical, 20, 0)),
        Rule("low-battery", "电量低", Smoke, "battery", Comparison.Below, 5, Step(AlarmLevel.Notice, 15)),
        Rule("low-pressure", "水压不足", WaterMeter, "pressure", Comparison.Below, 0.2, Step(AlarmLevel.Notice, 1.5), Step(AlarmLevel.Warning, 0.8)),
        Rule("lift-vibration", "电梯异常振动", Lift, "vibration", Comparison.Above, 0.5, Step(AlarmLevel.Warning, 6), Step(AlarmLevel.Critical, 12)),
        Rule("flooding", "道路积水", Light, "water_level", Comparison.Above, 2, Step(AlarmLevel.Notice, 15), Step(AlarmLevel.Warning, 27), Step(AlarmLevel.Critical, 40)),
    ];

    private static AlarmStep Step(AlarmLevel level, double threshold) => new(level, threshold, RaiseAfterSeconds: 60);

    /// <summary>Raised after a minute, a level down after two quiet minutes, closed after five.</summary>
    private static AlarmRule Rule(
        string id, string name, ProfileId profile, string metric, Comparison comparison, double hysteresis, params AlarmStep[] steps) => new(
        RuleId.Parse(id), name, profile, metric, comparison, steps, hysteresis, DowngradeAfterSeconds: 120, CloseAfterSeconds: 300, null, Enabled: true, 0);
}
