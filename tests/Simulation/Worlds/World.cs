using SmartCommunity.Simulation.Devices;
using SmartCommunity.Simulation.Products;
using SmartCommunity.V1;

namespace SmartCommunity.Simulation.Worlds;

/// <summary>A small district made through the public contract: two streets, four cells in a row, a building in each, two devices a cell.</summary>
internal sealed class World : IDisposable
{
    public const string District = "340199";
    public const string Name = "districts/" + District;
    private const double West = 117.20;
    private const double South = 31.80;
    private const double Side = 0.01;

    private World(Product product, Api api)
    {
        Product = product;
        Api = api;
    }

    public static IReadOnlyList<string> Cells { get; } = ["340199001001001", "340199001001002", "340199002001001", "340199002001002"];

    /// <summary>Device id → token.</summary>
    public static IReadOnlyDictionary<string, string> Tokens { get; } = Enumerable.Range(0, Cells.Count)
        .SelectMany(i => new[] { $"air-{i}", $"street-{i}" })
        .ToDictionary(id => id, id => $"token-of-{id}-0123456789abcdef0123");

    public Product Product { get; }

    /// <summary>With a key of the district.</summary>
    public Api Api { get; private set; }

    public static async Task<World> BuildAsync(Product product, CancellationToken cancellation)
    {
        using var operatorApi = new Api(product.Grpc, ProductPlan.OperatorKey);
        await operatorApi.Districts.CreateDistrictAsync(
            new() { DistrictId = District, District = new() { DisplayName = "Simulated district", TimeZone = "Asia/Shanghai" } },
            operatorApi.Headers,
            cancellationToken: cancellation);
        var key = await operatorApi.Districts.CreateApiKeyAsync(
            new() { Parent = Name, ApiKey = new() { DisplayName = "simulation" } }, operatorApi.Headers, cancellationToken: cancellation);
        var world = new World(product, new Api(product.Grpc, key.Key));
        await world.DrawAsync(cancellation);
        await world.TeachAsync(cancellation);
        await world.FurnishAsync(cancellation);
        return world;
    }

    public IReadOnlyList<LoadDevice> Load(string run, int seed) =>
        [.. Tokens.Select((device, index) => new LoadDevice(Product.MqttPort, District, device.Key, device.Value, run, seed + index))];

    public void Dispose() => Api.Dispose();

    private async Task DrawAsync(CancellationToken cancellation)
    {
        var areas = Cells.SelectMany(c => new[] { c[..9], c[..12] }).Distinct()
            .Select(code => new Area { Name = $"{Name}/areas/{code}", DisplayName = $"Area {code}" });
        await Api.Areas.NameAreasAsync(new() { Parent = Name, Areas = { areas } }, Api.Headers, cancellationToken: cancellation);
        var rows = Cells.Select((code, i) => new CellRow
        {
            Row = i + 1,
            CellId = code,
            Cell = new() { DisplayName = $"Cell {code}", Outline = new() { Rings = { Square(i) } } },
        });
        var answer = await Api.Cells.ImportCellsAsync(new() { Parent = Name, Rows = { rows } }, Api.Headers, cancellationToken: cancellation);
        if (answer.Summary.Refusals.Count > 0)
        {
            throw new InvalidOperationException($"The cells were refused: {answer.Summary}");
        }
    }

    private async Task TeachAsync(CancellationToken cancellation)
    {
        await Api.Profiles.CreateProfileAsync(
            new()
            {
                Parent = Name,
                ProfileId = "air",
                Profile = new()
                {
                    DisplayName = "Air",
                    OfflineAfter = Api.Seconds(3600),
                    Metrics = { new Metric { Name = "pm25", Unit = "ug/m3", Min = 0, Max = 1000 } },
                },
            },
            Api.Headers,
            cancellationToken: cancellation);
        await Api.Rules.CreateRuleAsync(
            new()
            {
                Parent = Name,
                RuleId = "pm25-high",
                Rule = new()
                {
                    DisplayName = "Fine dust",
                    Profile = $"{Name}/profiles/air",
                    Metric = "pm25",
                    Comparison = Comparison.Above,
                    Hysteresis = 10,
                    DowngradeAfter = Api.Seconds(2),
                    CloseAfter = Api.Seconds(4),
                    Steps =
                    {
                        new RuleStep { Level = AlarmLevel.Notice, Threshold = 150, RaiseAfter = Api.Seconds(0) },
                        new RuleStep { Level = AlarmLevel.Warning, Threshold = 200, RaiseAfter = Api.Seconds(0) },
                    },
                },
            },
            Api.Headers,
            cancellationToken: cancellation);
    }

    private async Task FurnishAsync(CancellationToken cancellation)
    {
        for (var i = 0; i < Cells.Count; i++)
        {
            var building = new Building
            {
                DisplayName = $"House {i}",
                Address = $"Main street {i}",
                Location = new() { Lon = West + ((i + 0.5) * Side), Lat = South + (Side / 2) },
                Storeys = 6,
                Households = 24,
            };
            await Api.Buildings.CreateBuildingAsync(
                new() { Parent = Name, BuildingId = $"B{i}", Building = building }, Api.Headers, cancellationToken: cancellation);
            await MountAsync($"air-{i}", $"{Name}/buildings/B{i}", cancellation);
            await MountAsync($"street-{i}", $"{Name}/cells/{Cells[i]}", cancellation);
        }
    }

    private async Task MountAsync(string id, string mount, CancellationToken cancellation) => await Api.Devices.CreateDeviceAsync(
        new()
        {
            Parent = Name,
            DeviceId = id,
            Device = new() { DisplayName = id, Profile = $"{Name}/profiles/air", Mount = mount },
            Token = Tokens[id],
        },
        Api.Headers,
        cancellationToken: cancellation);

    private static LinearRing Square(int index)
    {
        var (west, east, south, north) = (West + (index * Side), West + ((index + 1) * Side), South, South + Side);
        return new()
        {
            Points =
            {
                new GeoPoint { Lon = west, Lat = south },
                new GeoPoint { Lon = east, Lat = south },
                new GeoPoint { Lon = east, Lat = north },
                new GeoPoint { Lon = west, Lat = north },
                new GeoPoint { Lon = west, Lat = south },
            },
        };
    }
}
