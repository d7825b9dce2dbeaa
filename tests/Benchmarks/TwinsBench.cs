using System.Globalization;
using SmartCommunity.Benchmarks.Sides;

namespace SmartCommunity.Benchmarks;

/// <summary>Memory of 100,000 activated twins, each a building with a device and a last value, against as many bare Orleans activations.</summary>
internal static class TwinsBench
{
    public const int Twins = 100_000;

    public static async Task<int> RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("sc-bench-").FullName;
        try
        {
            var bare = await MeasureAsync(SideHost.BareGrains, Path.Combine(folder, "bare"));
            var ours = await MeasureAsync(SideHost.Twins, Path.Combine(folder, "twins"));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{Twins:n0} twins: {ours:n0} B each · bare activations: {bare:n0} B each · ratio {ours / bare:f2}"));
            Report.Save("twins", 1, [new Row("bytes a twin", new Samples([ours], 0, 0), new Samples([bare], 0, 0), Durable: true)]);
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<double> MeasureAsync(string side, string folder)
    {
        await using var process = await SideProcess.StartAsync(side, folder, Twins.ToString(CultureInfo.InvariantCulture));
        return process.Port;
    }
}
