using SmartCommunity.Domain.Alarms;
using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.Buildings;
using SmartCommunity.Domain.Cells;
using SmartCommunity.Domain.Commands;
using SmartCommunity.Domain.Devices;
using SmartCommunity.Domain.Districts;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Domain.Twins;
using SmartCommunity.Grains.Ingest;

namespace SmartCommunity.Grains.Tests;

/// <summary>A small district for tests: two cells side by side, two buildings, a profile and a rule.</summary>
internal sealed class Town(TestSilo silo)
{
    public const string District = "340104";
    public const string Token = "token-of-";

    public static readonly AreaCode Code = AreaCode.Parse(District);
    public static readonly AreaCode West = AreaCode.Parse("340104003012001");
    public static readonly AreaCode East = AreaCode.Parse("340104003012002");
    public static readonly BuildingId B1 = BuildingId.Parse("B1");
    public static readonly BuildingId B2 = BuildingId.Parse("B2");
    public static readonly ProfileId Smoke = ProfileId.Parse("smoke");

    private ulong fingerprint;

    public TestSilo Silo { get; } = silo;

    public static async Task<Town> BuildAsync(TestSilo silo, int raiseAfterSeconds = 60)
    {
        var town = new Town(silo);
        var grains = silo.Grains;
        Ok(await grains.District(Code).Define(new(Code, "蜀山区", "Asia/Shanghai", null, 0), WriteCondition.Upsert, town.By()));
        Ok(await grains.District(Code).DefineProfile(
            new(Smoke, "Smoke", [new("pm25", "ug/m3", 0, 1000), new("temp", "Cel", -40, 85)], 120, 0), WriteCondition.Upsert, town.By()));
        Ok(await grains.District(Code).DefineRule(
            new(
                RuleId.Parse("dust"), "Dust", Smoke, "pm25", Comparison.Above,
                [new(AlarmLevel.Warning, 100, raiseAfterSeconds), new(AlarmLevel.Critical, 500, raiseAfterSeconds)],
                5, 120, 300, null, true, 0),
            WriteCondition.Upsert,
            town.By()));
        Ok(await grains.Grid(Code).NameAreas(
            [new(AreaCode.Parse("340104003"), "Street", 0), new(AreaCode.Parse("340104003012"), "Community", 0)], WriteCondition.Upsert, town.By()));
        var import = await grains.Grid(Code).Import(
            [new(1, West.ToString(), "West", Square(117.20)), new(2, East.ToString(), "East", Square(117.21))], WriteCondition.Upsert, town.By());
        Assert.Empty(import.Refusals);
        Ok(await grains.Building(Code, B1).Define(Building(B1, 117.205), WriteCondition.Create, town.By()));
        Ok(await grains.Building(Code, B2).Define(Building(B2, 117.215), WriteCondition.Create, town.By()));

        // The look through the buildings that the import asked for is over, so that no test meets its commit.
        await grains.Grid(Code).Relocate(silo.Time.GetUtcNow());
        return town;
    }

    public static Building Building(BuildingId id, double lon) => new(id, "Building " + id, "1 Road", new(lon, 31.805), null, 6, 24, null, 0);

    public static T Ok<T>(Outcome<T> outcome)
    {
        Assert.True(!outcome.IsRefused, $"{outcome.Refusal}");
        return outcome.Value!;
    }

    public CommandContext By(string? requestId = null) => new("test", Silo.Time.GetUtcNow(), requestId);

    public async Task<DeviceRoute> MountAsync(string device, BuildingId building)
    {
        var id = DeviceId.Parse(device);
        Ok(await Silo.Grains.Building(Code, building).DefineDevice(
            new(id, "Sensor", Smoke, TwinKey.Of(building), default, false, Grains.Directory.CredentialHash.Of(Token + device), 0), WriteCondition.Create, By()));
        return await Silo.Get<IDeviceDirectory>().FindByTokenAsync(Token + device, default) ?? throw new InvalidOperationException("No route.");
    }

    /// <summary>A telemetry message of now, unless another time is given.</summary>
    public DeviceMessage Telemetry(DeviceRoute route, double pm25, string? id = null, DateTimeOffset? at = null) => new()
    {
        Device = route.Device,
        Kind = MessageKind.Telemetry,
        MessageId = id,
        AtMs = (at ?? Silo.Time.GetUtcNow()).ToUnixTimeMilliseconds(),
        ReceivedMs = Silo.Time.GetUtcNow().ToUnixTimeMilliseconds(),
        Values = [new("pm25", pm25)],
        Fingerprint = ++fingerprint,
    };

    /// <summary>A person's report from a cell, or from nobody knows where.</summary>
    public DeviceMessage Report(DeviceRoute route, string id, AreaCode? cell) => new()
    {
        Device = route.Device,
        Kind = MessageKind.Report,
        MessageId = id,
        AtMs = Silo.Time.GetUtcNow().ToUnixTimeMilliseconds(),
        ReceivedMs = Silo.Time.GetUtcNow().ToUnixTimeMilliseconds(),
        Values = [],
        Body = $$"""{"id":"{{id}}","class":"02.03","text":"a lamp is out","channel":"kiosk"{{(cell is { } c ? ",\"at\":{\"cell\":\"" + c + "\"}" : "")}}}""",
        Fingerprint = ++fingerprint,
    };

    /// <summary>What became of a message; null: it may not be acknowledged.</summary>
    public async Task<MessageFate?> SendAsync(DeviceRoute route, DeviceMessage message)
    {
        var receipt = new Receipt();
        Assert.True(Silo.Get<IIngest>().TryPost(route, message, receipt, 0));
        return await receipt.Fate.Task.WaitAsync(TimeSpan.FromSeconds(10));
    }

    public static GeoPoint[][] Square(double west) =>
        [[new(west, 31.80), new(west + 0.01, 31.80), new(west + 0.01, 31.81), new(west, 31.81), new(west, 31.80)]];
}
