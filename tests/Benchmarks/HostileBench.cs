using System.Globalization;
using SmartCommunity.Benchmarks.Load;
using SmartCommunity.Benchmarks.Sides;
using SmartCommunity.Simulation.Devices;

namespace SmartCommunity.Benchmarks;

/// <summary>
/// How long a good device waits for its acknowledgements beside 100,000 mutated packets, against the same device alone, in the same run: rounds are interleaved, and the
/// ratio is the median of theirs.
/// </summary>
internal static class HostileBench
{
    public const int RoundsDefault = 5;
    private const int Packets = 100_000;
    private const int Good = 499;
    private const int Bad = 0;
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(3);

    public static async Task<int> RunAsync(int rounds)
    {
        var folder = Directory.CreateTempSubdirectory("sc-bench-").FullName;
        try
        {
            await using var product = await SideProcess.StartAsync(SideHost.Product, Path.Combine(folder, "product"));
            var good = new GoodDevice(product.Port, Fleet.District, Fleet.Device(Good).ToString(), Fleet.Token(Good));
            using var attack = new Attack(product.Port, i => new(20261123 + i, Fleet.District, Fleet.Device(Bad).ToString(), Fleet.Token(Bad)));
            await AttackedAsync(good, attack, Packets / 10);
            List<double> alone = [], beside = [];
            for (var round = 1; round <= rounds; round++)
            {
                alone.Add(GoodDevice.P99(await good.RunAsync(Quiet, CancellationToken.None)));
                beside.Add(GoodDevice.P99(await AttackedAsync(good, attack, Packets / rounds)));
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"round {round}: p99 {alone[^1]:0.00} ms alone, {beside[^1]:0.00} ms beside the attack"));
            }

            var ratio = alone.Zip(beside, (a, b) => b / a).Order().ElementAt(rounds / 2);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{attack.Sent:n0} mutated packets on {attack.Opened:n0} connections at {Attack.PacketsPerSecond:n0}/s: a good device's p99 is {ratio:0.00} times that without them"));
            Report.Save("hostile", rounds, [new Row("p99 ms beside mutated packets", new Samples(beside, 0, 0), new Samples(alone, 0, 0), Durable: true)]);
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<List<double>> AttackedAsync(GoodDevice good, Attack attack, int packets)
    {
        using var over = new CancellationTokenSource();
        var attacked = good.RunAsync(over.Token, CancellationToken.None);
        await attack.RunAsync(packets, CancellationToken.None);
        await over.CancelAsync();
        return await attacked;
    }
}
