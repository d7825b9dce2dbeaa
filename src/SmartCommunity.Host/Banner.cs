using SmartCommunity.Host.Settings;

namespace SmartCommunity.Host;

/// <summary>What a person sees at the start; printed once everything answers.</summary>
internal static class Banner
{
    public static void Print(PortSettings ports, string folder, string? demo, TimeSpan took)
    {
        var version = typeof(Banner).Assembly.GetName().Version!.ToString(2);
        Console.WriteLine($"SmartCommunity {version}  mode: embedded (SQLite {Path.GetRelativePath(Environment.CurrentDirectory, folder)}/)   NOT FOR PRODUCTION, see docs/operations.md");
        Console.WriteLine($"  REST     http://localhost:{ports.Http}/v1/districts     health  http://localhost:{ports.Http}/health/ready");
        Console.WriteLine($"  gRPC     localhost:{ports.Grpc} (reflection)  MQTT localhost:{ports.Mqtt}");
        if (demo is not null)
        {
            Console.WriteLine($"  {demo}     keys: {Path.GetRelativePath(Environment.CurrentDirectory, Path.Combine(folder, Demo.DemoEnv.FileName))}");
            Console.WriteLine("Try:  ./dev sc demo play              streams a day of events; watch them arrive with ./dev sc watch");
        }

        Console.WriteLine($"Ready in {took.TotalSeconds:0.0} s. Stop with Ctrl-C.");
        Console.Out.Flush();
    }
}
