using System.Diagnostics;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using SmartCommunity.Simulation.Devices;
using SmartCommunity.Simulation.Products;
using SmartCommunity.Simulation.Worlds;
using Xunit;

namespace SmartCommunity.Simulation;

/// <summary>A backup is made while devices send; restored elsewhere it is the district at the moment the manifest names.</summary>
public sealed class BackupTests
{
    private const int Seed = 4711;

    private static readonly string[] Harms =
    [
        "DELETE FROM journal WHERE stream = 'grid' AND version = 1",
        "UPDATE counters SET value = value + 1 WHERE name = 'devices.total'",
        "UPDATE views SET position = 999999999 WHERE kind = 'building'",
        "UPDATE journal SET recorded_at = recorded_at - 86400000 WHERE stream = 'district' AND version = 2",
        "UPDATE lookups SET district = '999999' WHERE key = (SELECT min(key) FROM lookups)",
    ];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_backup_under_load_restored_into_an_empty_folder_has_the_state_hash_of_its_moment()
    {
        using var folder = new TempFolder();
        using var elsewhere = new TempFolder();
        await using var product = await Product.StartAsync(new(folder.Path), Cancellation);
        using var world = await World.BuildAsync(product, Cancellation);
        var devices = world.Load("backup", Seed);
        using var stop = new CancellationTokenSource();
        var running = devices.Select(d => Task.Run(() => d.RunAsync(stop.Token, Cancellation), Cancellation)).ToArray();
        await Until.TrueAsync(() => devices.All(d => d.Log.All().Count(m => m.Acknowledged) > 100), TimeSpan.FromMinutes(1), "every device was answered a hundred times", Cancellation);

        var ackedBefore = Acknowledged(devices);
        var began = Stopwatch.GetTimestamp();
        var backup = await ScAsync(product, "backup", "--to", elsewhere.Path);
        var took = Stopwatch.GetElapsedTime(began);
        var ackedDuring = Acknowledged(devices) - ackedBefore;
        var named = (string)backup["districts"]![0]!["stateHash"]!;
        await stop.CancelAsync();
        await Task.WhenAll(running);
        Assert.True(ackedDuring > 0, "Ingest stood still during the backup.");
        Assert.NotEqual(named, await world.Api.StateHashAsync(World.Name, Cancellation));

        var copy = Assert.Single(Directory.GetDirectories(elsewhere.Path));
        Assert.Empty((await ScAsync(product, "verify", copy))["faults"]!.AsArray());
        var restored = Path.Combine(elsewhere.Path, "restored");
        Assert.Empty((await ScAsync(product, "restore", copy, "--to", restored))["faults"]!.AsArray());
        await using var again = await Product.StartAsync(new(restored), Cancellation);
        using var api = new Api(again.Grpc, world.Api.Key);
        Assert.Equal(named, await api.StateHashAsync(World.Name, Cancellation));
        var readings = (string?)backup["districts"]![0]!["readings"];
        Console.WriteLine(
            $"figure: backup under load: {took.TotalSeconds:0.0} s with sc, position {backup["position"]}, {readings} readings in it, {ackedBefore} messages acknowledged before it, {ackedDuring} during it; restored hash equal");

        await again.TerminateAsync(Cancellation);
        Assert.Empty((await ScAsync(product, "verify", restored))["faults"]!.AsArray());
    }

    [Fact]
    public async Task What_was_altered_is_refused_with_what_is_wrong_and_restores_nothing()
    {
        using var folder = new TempFolder();
        using var elsewhere = new TempFolder();
        await using var product = await Product.StartAsync(new(folder.Path), Cancellation);
        using var world = await World.BuildAsync(product, Cancellation);
        await ScAsync(product, "backup", "--to", elsewhere.Path);
        var copy = Assert.Single(Directory.GetDirectories(elsewhere.Path));
        var file = Path.Combine(copy, "smartcommunity.db");
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }

        var target = Path.Combine(elsewhere.Path, "restored");
        var full = Directory.CreateDirectory(Path.Combine(elsewhere.Path, "full"));
        await File.WriteAllTextAsync(Path.Combine(full.FullName, "mine.txt"), "mine", Cancellation);
        var overwritten = await RunAsync(product, "restore", copy, "--to", full.FullName);
        Assert.Equal(1, overwritten.ExitCode);
        Assert.Contains("not empty", overwritten.Error, StringComparison.Ordinal);

        await using (var bytes = new FileStream(file, FileMode.Open))
        {
            bytes.Position = bytes.Length / 2;
            bytes.WriteByte(unchecked((byte)(bytes.ReadByte() + 1)));
        }

        var altered = await RunAsync(product, "restore", copy, "--to", target);
        Assert.Equal(1, altered.ExitCode);
        Assert.Equal("bytes", (string?)JsonNode.Parse(altered.Output)!["faults"]![0]!["check"]);
        Assert.False(Directory.Exists(target));
    }

    [Fact]
    public async Task A_log_that_contradicts_itself_is_found_also_without_a_manifest()
    {
        using var folder = new TempFolder();
        await using var product = await Product.StartAsync(new(folder.Path), Cancellation);
        using var world = await World.BuildAsync(product, Cancellation);
        var held = await RunAsync(product, "verify", folder.Path);
        Assert.Equal(1, held.ExitCode);
        Assert.Contains("uses the store", held.Error, StringComparison.Ordinal);
        await product.TerminateAsync(Cancellation);
        Assert.Empty((await ScAsync(product, "verify", folder.Path))["faults"]!.AsArray());
        using var harmed = new TempFolder();
        var file = Path.Combine(harmed.Path, "smartcommunity.db");
        File.Copy(Path.Combine(folder.Path, "smartcommunity.db"), file);
        await using (var connection = new SqliteConnection($"Data Source={file};Pooling=False"))
        {
            await connection.OpenAsync(Cancellation);
            foreach (var harm in Harms)
            {
                await using var command = connection.CreateCommand();
                command.CommandText = harm;
                Assert.NotEqual(0, await command.ExecuteNonQueryAsync(Cancellation));
            }
        }

        var found = await RunAsync(product, "verify", harmed.Path);
        Assert.Equal(1, found.ExitCode);
        Assert.Equal(
            ["counters", "lookups", "times", "versions", "views"],
            JsonNode.Parse(found.Output)!["faults"]!.AsArray().Select(f => (string?)f!["check"]).Distinct().Order());
    }

    private static int Acknowledged(IReadOnlyList<LoadDevice> devices) => devices.Sum(d => d.Log.All().Count(m => m.Acknowledged));

    private static Task<(int ExitCode, string Output, string Error)> RunAsync(Product product, params string[] arguments) =>
        Sc.RunAsync(product, product.Plan.Folder, ProductPlan.OperatorKey, World.District, arguments, Cancellation);

    private static async Task<JsonNode> ScAsync(Product product, params string[] arguments)
    {
        var (exitCode, output, error) = await RunAsync(product, arguments);
        Assert.True(exitCode == 0, $"sc {string.Join(' ', arguments)}: {exitCode}\n{error}\n{output}");
        return JsonNode.Parse(output)!;
    }
}
