using System.Globalization;
using SmartCommunity.Benchmarks;
using SmartCommunity.Benchmarks.Sides;

// A benchmark runs each side in a process of its own: this program again, with "side" in front.
return args switch
{
    ["side", var name, .. var rest] => await SideHost.RunAsync(name, rest),
    ["ingest", .. var rest] => await IngestBench.RunAsync(
        rest.Length > 0 ? int.Parse(rest[0], CultureInfo.InvariantCulture) : IngestBench.RoundsDefault,
        rest.Length > 1 ? rest[1] : string.Empty),
    ["store", .. var rest] => await StoreBench.Run(rest),
    ["hostile", .. var rest] => await HostileBench.RunAsync(rest.Length > 0 ? int.Parse(rest[0], CultureInfo.InvariantCulture) : HostileBench.RoundsDefault),
    ["twins", ..] => await TwinsBench.RunAsync(),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("usage: ingest [ROUNDS] [NAME] | store | twins | hostile [ROUNDS]");
    return 2;
}
