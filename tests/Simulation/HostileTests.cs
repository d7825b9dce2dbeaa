using System.Globalization;
using SmartCommunity.Simulation.Devices;
using SmartCommunity.Simulation.Products;
using SmartCommunity.Simulation.Worlds;
using Xunit;

namespace SmartCommunity.Simulation;

/// <summary>A hostile device beside a good one, on the real listener of the real product.</summary>
public sealed class HostileTests
{
    private const int Packets = 100_000;

    /// <summary>What the process may have grown by when the attack is over. An attack that leaves 4 KiB a packet behind is found.</summary>
    private const long GrownBytesMax = 256 << 20;

    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(4);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static int Seed => int.TryParse(Environment.GetEnvironmentVariable("SC_SIM_SEED"), CultureInfo.InvariantCulture, out var seed) ? seed : 20261123;

    [Fact]
    public async Task A_hundred_thousand_mutated_packets_harm_neither_the_product_nor_a_good_device()
    {
        using var folder = new TempFolder();
        await using var product = await Product.StartAsync(new(folder.Path), Cancellation);
        using var world = await World.BuildAsync(product, Cancellation);
        const string Good = "air-0", Bad = "street-0";
        var good = new GoodDevice(product.MqttPort, World.District, Good, World.Tokens[Good]);

        // As much of the attack as compiles the code behind it, then the good device alone: what it is compared with.
        using var attack = new Attack(product.MqttPort, i => new(Seed + i, World.District, Bad, World.Tokens[Bad]));
        await Task.WhenAll(attack.RunAsync(Packets / 10, Cancellation), good.RunAsync(Quiet / 2, Cancellation));
        var before = product.ResidentBytes;
        var quiet = await good.RunAsync(Quiet, Cancellation);

        using var over = new CancellationTokenSource();
        var attacked = good.RunAsync(over.Token, Cancellation);
        await attack.RunAsync(Packets - attack.Sent, Cancellation);
        await over.CancelAsync();
        var (p99Quiet, p99Attacked) = (GoodDevice.P99(quiet), GoodDevice.P99(await attacked));
        var grown = product.ResidentBytes - before;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"figure: seed {Seed}, {attack.Sent:n0} mutated packets on {attack.Opened:n0} connections at {Attack.PacketsPerSecond:n0}/s, {attack.Unanswered.Count} unanswered{string.Concat(attack.Unanswered.Take(3).Select(p => " " + p))}, process {(grown / 1048576.0):+0;-0} MiB; "
            + $"a good device's p99 {p99Quiet:0.00} ms alone, {p99Attacked:0.00} ms beside it: ratio {p99Attacked / p99Quiet:0.00}"));

        Assert.Equal(Packets, attack.Sent);
        Assert.True(product.IsRunning, $"seed {Seed}: the product ended\n{product.Output}");
        Assert.True(grown < GrownBytesMax, $"seed {Seed}: the product grew by {grown:n0} bytes");
        var stored = await world.Api.ReadingsAsync($"{World.Name}/devices/{Good}", Cancellation);
        Assert.Equal(Enumerable.Range(0, good.Acknowledged).Select(i => $"g{i}").Order(), stored.Select(r => r.MessageId).Order());
    }
}
