using System.Globalization;

namespace SmartCommunity.Benchmarks.Sides;

/// <summary>
/// A server under test in its own process. It says <c>ready PORT</c>, answers <c>allocated</c> with the bytes it has allocated so far, and ends when
/// its standard input does.
/// </summary>
internal static class SideHost
{
    public const string Broker = "broker";
    public const string NullStore = "null-store";
    public const string Product = "product";
    public const string Twins = "twins";
    public const string BareGrains = "bare-grains";

    public static async Task<int> RunAsync(string name, string[] args)
    {
        await using var side = name switch
        {
            Broker => await BrokerSide.StartAsync(),
            NullStore => await NullStoreSide.StartAsync(),
            Product => await ProductSide.StartAsync(args[0]),
            Twins => await TwinsSide.StartAsync(args[0], int.Parse(args[1], CultureInfo.InvariantCulture)),
            BareGrains => await TwinsSide.StartBareAsync(args[0], int.Parse(args[1], CultureInfo.InvariantCulture)),
            _ => throw new ArgumentException($"There is no side {name}.", nameof(name)),
        };
        Console.WriteLine("ready " + side.Port.ToString(CultureInfo.InvariantCulture));
        while (await Console.In.ReadLineAsync() is { } line)
        {
            Console.WriteLine(line == "allocated"
                ? GC.GetTotalAllocatedBytes(precise: true).ToString(CultureInfo.InvariantCulture)
                : "?");
        }

        return 0;
    }
}

/// <summary>A running server.</summary>
internal sealed class Side(int port, Func<ValueTask> stop) : IAsyncDisposable
{
    public int Port { get; } = port;

    public ValueTask DisposeAsync() => stop();
}
