#:package SmartCommunity.Client@0.1.0
// Lists twins, adds a building twice with one request id, watches three events.
using Microsoft.Extensions.DependencyInjection;
using SmartCommunity.Client;
using SmartCommunity.V1;

static string Env(string name) => Environment.GetEnvironmentVariable(name) ?? throw new InvalidOperationException($"{name} is not set: run set -a; . data/demo.env");

var services = new ServiceCollection();
services.AddSmartCommunity(o => (o.Address, o.ApiKey, o.District) = (Env("SC_GRPC"), Env("SC_API_KEY"), Env("SC_DISTRICT")));
await using var provider = services.BuildServiceProvider();
var client = provider.GetRequiredService<SmartCommunityClient>();

await foreach (var twin in client.Twins.ListAllAsync(new() { Parent = client.Parent, PageSize = 3 }).Take(3))
{
    Console.WriteLine($"twin {twin.Name} has {twin.Sensors.Count} devices");
}

var building = new Building { DisplayName = "Sample", Address = "1 Sample Street", Location = new() { Lon = 117.26, Lat = 31.85 } };
var request = new CreateBuildingRequest { Parent = client.Parent, BuildingId = "sample-csharp", Building = building, RequestId = "sample-csharp-1" };
var first = await client.Buildings.CreateBuildingAsync(request);
var again = await client.Buildings.CreateBuildingAsync(request);
Console.WriteLine($"building {first.Building.Name}, again the same: {first.Equals(again)}");

try
{
    await client.Buildings.GetBuildingAsync(new() { Name = $"{client.Parent}/buildings/none" });
}
catch (SmartCommunityException refused)
{
    Console.WriteLine($"refused {refused.Reason} at {refused.Field}");
}

await foreach (var e in client.WatchAsync(kinds: [EventKind.Telemetry]).Take(3))
{
    Console.WriteLine($"event {e.Type} {e.Reading.Device} {e.Reading.Metric}={e.Reading.Value} cursor {e.Cursor}");
}
