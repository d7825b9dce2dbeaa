using System.Diagnostics;
using System.Text.Json.Nodes;
using SmartCommunity.Simulation.Devices;
using SmartCommunity.Simulation.Products;
using SmartCommunity.Simulation.Worlds;
using SmartCommunity.V1;
using Xunit;

namespace SmartCommunity.Simulation;

/// <summary>A district is exported while its devices send, and goes on from another folder.</summary>
public sealed class DistrictMoveTests
{
    private const int Seed = 4711;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_district_exported_under_load_goes_on_elsewhere_with_its_devices_and_its_state_hash()
    {
        using var folder = new TempFolder();
        using var elsewhere = new TempFolder();
        var file = Path.Combine(elsewhere.Path, "district.gz");
        await using var product = await Product.StartAsync(new(folder.Path), Cancellation);
        using var world = await World.BuildAsync(product, Cancellation);
        await world.Api.Commands.CreateDeviceCommandAsync(
            new() { Parent = $"{World.Name}/devices/street-0", CommandId = "kept", Command = new() { CommandName = "open", Body = new(), Ttl = Api.Seconds(3600) } },
            world.Api.Headers,
            cancellationToken: Cancellation);
        await SendRubbishAsync(product);
        var devices = world.Load("move", Seed);
        using var stop = new CancellationTokenSource();
        var running = devices.Select(d => Task.Run(() => d.RunAsync(stop.Token, Cancellation), Cancellation)).ToArray();
        await Until.TrueAsync(() => devices.All(d => Acknowledged(d) > 50), TimeSpan.FromMinutes(1), "every device was answered fifty times", Cancellation);
        var before = devices.Sum(Acknowledged);
        var export = await ScAsync(product, "export", World.District, "--to", file, "--data", folder.Path);
        Assert.True(devices.Sum(Acknowledged) > before, "Ingest stood still during the export.");
        await stop.CancelAsync();
        await Task.WhenAll(running);

        var target = Path.Combine(elsewhere.Path, "target");
        await KillImportAsync(file, target);
        var import = await ScAsync(product, "import", "district", file, "--data", target);
        Assert.True((bool)import["changed"]!);
        await using var moved = await Product.StartAsync(new(target), Cancellation);
        using var api = new Api(moved.Grpc, world.Api.Key);
        var state = await api.Districts.GetStateHashAsync(new() { Name = World.Name }, api.Headers, cancellationToken: Cancellation);
        Assert.Equal((string?)export["stateHash"], state.Hash);
        Assert.All(new[] { "alarm", "report", "quarantine", "command", "device" }, kind => Assert.True(state.Rows[kind] > 0, $"no {kind} was moved"));
        await using var device = await DeviceSocket.ConnectAsync(moved.MqttPort, "street-0", World.Tokens["street-0"], Cancellation);
        await device.SubscribeAsync($"sc/v1/{World.District}/street-0/cmd/#", Cancellation);
        Assert.EndsWith("/cmd/kept", (await device.ReadCommandAsync(Cancellation)).Topic, StringComparison.Ordinal);
        Console.WriteLine($"figure: district moved: {export["lines"]} lines, {export["readings"]} readings, {export["bytes"]} bytes; state hash equal");
    }

    private static int Acknowledged(LoadDevice device) => device.Log.All().Count(m => m.Acknowledged);

    private static async Task SendRubbishAsync(Product product)
    {
        await using var device = await DeviceSocket.ConnectAsync(product.MqttPort, "street-0", World.Tokens["street-0"], Cancellation);
        await device.PublishAsync($"sc/v1/{World.District}/street-0/telemetry", "{"u8.ToArray(), 1, again: false, Cancellation);
        Assert.Equal(1, await device.ReadAckAsync(Cancellation));
    }

    /// <summary>Ends the server's program in the middle of the import; what is left does not disturb the next one.</summary>
    private static async Task KillImportAsync(string file, string target)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", [Built.Program("SmartCommunity.Host", "SmartCommunity.Host.dll"), "import-district", file, target])
        {
            RedirectStandardOutput = true,
        })!;
        while (await process.StandardOutput.ReadLineAsync(Cancellation) is { } line && !line.Contains("check", StringComparison.Ordinal))
        {
        }

        process.Kill();
        await process.WaitForExitAsync(Cancellation);
        Assert.NotEqual(0, process.ExitCode);
        Assert.False(File.Exists(Path.Combine(target, "smartcommunity.db")));
        Assert.True(Directory.Exists(Path.Combine(target, "import.part")));
    }

    private static async Task<JsonNode> ScAsync(Product product, params string[] arguments)
    {
        var (exitCode, output, error) = await Sc.RunAsync(product, product.Plan.Folder, ProductPlan.OperatorKey, World.District, arguments, Cancellation);
        Assert.True(exitCode == 0, $"sc {string.Join(' ', arguments)}: {exitCode}\n{error}\n{output}");
        return JsonNode.Parse(output)!;
    }
}
