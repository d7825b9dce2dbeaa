using System.Diagnostics;
using SmartCommunity.Simulation.Products;
using SmartCommunity.Simulation.Worlds;
using Xunit;

namespace SmartCommunity.Simulation;

/// <summary>Files of strangers go through MQTT into the demo district: every row counts once, also the second time.</summary>
public sealed class ReplayTests
{
    private const int MetricsPerReading = 2;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Replayed_files_are_counted_exactly_and_a_second_replay_changes_nothing()
    {
        using var folder = new TempFolder();
        await using var product = await Product.StartAsync(new(folder.Path, Demo: true), Cancellation);
        var env = DemoFile.Read(folder.Path);
        using var api = new Api(product.Grpc, env["SC_API_KEY"]);
        var district = $"districts/{env["SC_DISTRICT"]}";
        var readings = SharedFiles.Readings(folder.Path);
        var reports = SharedFiles.Reports(folder.Path);

        var began = Stopwatch.GetTimestamp();
        await PlayAsync(product, env, "--readings", readings, "suthaharan");
        Console.WriteLine($"figure: {SharedFiles.Rows(readings)} rows of readings replayed in {Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s");
        await PlayAsync(product, env, "--reports", reports, "nyc311");
        await CountsAreExactAsync(api, district, readings, reports);
        var hash = await api.StateHashAsync(district, Cancellation);

        await PlayAsync(product, env, "--readings", readings, "suthaharan");
        await PlayAsync(product, env, "--reports", reports, "nyc311");
        await CountsAreExactAsync(api, district, readings, reports);
        Assert.Equal(hash, await api.StateHashAsync(district, Cancellation));

        await product.KillAsync();
        await product.RestartAsync(Cancellation);
        Assert.Equal(hash, await api.StateHashAsync(district, Cancellation));
        await PlayAsync(product, env, "--readings", readings, "suthaharan");
        await CountsAreExactAsync(api, district, readings, reports);
        Assert.Equal(hash, await api.StateHashAsync(district, Cancellation));
    }

    private static async Task PlayAsync(Product product, DemoFile env, string kind, string file, string mapping)
    {
        var (exitCode, output, error) = await Sc.RunAsync(
            product,
            product.Plan.Folder,
            env["SC_API_KEY"],
            env["SC_DISTRICT"],
            ["demo", "play", kind, file, "--mapping", mapping, "--create-devices", "--credentials", Path.Combine(product.Plan.Folder, $"tokens-{mapping}.csv")],
            Cancellation);
        Assert.True(exitCode == 0, $"sc demo play {kind} ended with {exitCode}:\n{error}\n{output}\n{product.Output}");
    }

    private static async Task CountsAreExactAsync(Api api, string district, string readings, string reports)
    {
        var stored = new List<SmartCommunity.V1.Reading>();
        foreach (var mote in (int[])[1, 2, 3, 4])
        {
            stored.AddRange(await api.ReadingsAsync($"{district}/devices/mote-{mote}", Cancellation));
        }

        Assert.Equal(SharedFiles.Rows(readings) * MetricsPerReading, stored.Count);
        Assert.Equal(SharedFiles.Rows(reports), (await api.ReportsAsync(district, Cancellation)).Count);
        Assert.Empty(await api.QuarantineAsync(district, Cancellation));
    }
}
