using System.Globalization;
using SmartCommunity.Domain.Alarms;
using SmartCommunity.Domain.Devices;
using SmartCommunity.Domain.Ids;

namespace SmartCommunity.Benchmarks.Load;

/// <summary>The devices that both sides meet: 500 over 50 buildings, ten each.</summary>
internal static class Fleet
{
    public const string District = "340104";
    public const string TokenPrefix = "bench-token-";
    public const int Buildings = 50;
    public const int Devices = 500;

    public static DeviceProfile Profile { get; } = new(
        ProfileId.Parse("air"),
        "Air",
        [new Metric("pm25", "ug/m3", 0, 1000), new Metric("temperature", "Cel", -40, 85)],
        3600,
        0);

    public static AlarmRule Rule { get; } = new(
        RuleId.Parse("pm25-high"),
        "Fine dust",
        Profile.Id,
        "pm25",
        Comparison.Above,
        [new AlarmStep(AlarmLevel.Warning, 500, 60)],
        10,
        120,
        300,
        null,
        true,
        0);

    public static BuildingId Building(int device) => BuildingId.Parse("b" + (device % Buildings).ToString(CultureInfo.InvariantCulture));

    public static DeviceId Device(int number) => DeviceId.Parse("dev" + number.ToString("d3", CultureInfo.InvariantCulture));

    public static string Token(int number) => TokenPrefix + number.ToString(CultureInfo.InvariantCulture);
}
