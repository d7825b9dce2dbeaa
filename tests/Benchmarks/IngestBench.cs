using SmartCommunity.Benchmarks.Load;
using SmartCommunity.Benchmarks.Sides;

namespace SmartCommunity.Benchmarks;

/// <summary>
/// Durable ingest against MQTTnet's broker on Kestrel with an empty handler: the same packets from the same generator, each side in its own
/// process, rounds interleaved.
/// </summary>
internal static class IngestBench
{
    public const int RoundsDefault = 5;
    private const int WarmUpRounds = 3;

    private static readonly Shape Gateways = new("gateways 8 x 256", 8, 256, 25_000);
    private static readonly Shape Devices = new("devices 500 x 1", 500, 1, 200);

    /// <param name="only">Measures only the rows whose name begins so; empty for all.</param>
    public static async Task<int> RunAsync(int rounds, string only)
    {
        var folder = Directory.CreateTempSubdirectory("sc-bench-").FullName;
        try
        {
            await Calibration.PrintAsync(folder);
            await using var broker = await SideProcess.StartAsync(SideHost.Broker);
            await using var product = await SideProcess.StartAsync(SideHost.Product, Path.Combine(folder, "product"));
            await using var nullStore = await SideProcess.StartAsync(SideHost.NullStore);
            List<Row> rows = [];
            foreach (var (shape, suffix, ours, durable) in new[]
            {
                (Gateways, "", product, true), (Devices, "", product, true), (Gateways, ", null store", nullStore, false), (Devices, ", null store", nullStore, false),
            })
            {
                if ((shape.Name + suffix).StartsWith(only, StringComparison.Ordinal))
                {
                    rows.Add(await CompareAsync(shape, suffix, ours, broker, rounds, durable));
                }
            }

            Report.Print(rows);
            Report.Save("ingest", rounds, rows);
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Ours, theirs, ours, theirs, after rounds of each that do not count: the code is compiled anew while they run.</summary>
    private static async Task<Row> CompareAsync(Shape shape, string suffix, SideProcess ours, SideProcess theirs, int rounds, bool durable)
    {
        using var toOurs = await Generator.ConnectAsync(shape, ours.Port);
        using var toTheirs = await Generator.ConnectAsync(shape, theirs.Port);
        Measure a = new(shape, ours, toOurs), b = new(shape, theirs, toTheirs);
        for (var round = -WarmUpRounds; round < rounds; round++)
        {
            await a.RoundAsync(counts: round >= 0);
            await b.RoundAsync(counts: round >= 0);
        }

        Console.WriteLine($"{shape.Name}{suffix}: done");
        return new Row(shape.Name + suffix, a.Samples, b.Samples, durable);
    }

    private sealed class Measure(Shape shape, SideProcess side, Generator generator)
    {
        private static int round;

        private readonly List<double> rates = [];
        private double cpu;
        private long allocated;

        public Samples Samples => new(rates, cpu / (rates.Count * (double)shape.Messages), allocated / (rates.Count * (double)shape.Messages));

        public async Task RoundAsync(bool counts)
        {
            var (cpuBefore, allocatedBefore) = (side.CpuMicroseconds, await side.AllocatedAsync());
            var seconds = await generator.RunAsync(Interlocked.Increment(ref round));
            if (counts)
            {
                rates.Add(shape.Messages / seconds);
                cpu += side.CpuMicroseconds - cpuBefore;
                allocated += await side.AllocatedAsync() - allocatedBefore;
            }
        }
    }
}
