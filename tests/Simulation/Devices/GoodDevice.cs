using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace SmartCommunity.Simulation.Devices;

/// <summary>A device that behaves: one message in flight, each acknowledged before the next, and a clock on every one of them.</summary>
internal sealed class GoodDevice(int port, string district, string id, string token)
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(4);

    private readonly long epochMs = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() - 600_000;

    /// <summary>Messages sent and acknowledged so far.</summary>
    public int Acknowledged { get; private set; }

    /// <summary>Publishes until told to stop; answers how long each acknowledgement took, ms. Throws when the connection ends.</summary>
    public async Task<List<double>> RunAsync(CancellationToken stop, CancellationToken cancellation)
    {
        var took = new List<double>();
        await using var socket = await DeviceSocket.ConnectAsync(port, id, token, cancellation);
        using var pace = new PeriodicTimer(Pace);
        while (!stop.IsCancellationRequested)
        {
            await pace.WaitForNextTickAsync(cancellation);
            var packet = (ushort)((Acknowledged % ushort.MaxValue) + 1);
            var payload = string.Create(CultureInfo.InvariantCulture, $"{{\"id\":\"g{Acknowledged}\",\"ts\":{epochMs + Acknowledged},\"values\":{{\"pm25\":{Acknowledged % 50}}}}}");
            var began = Stopwatch.GetTimestamp();
            await socket.PublishAsync($"sc/v1/{district}/{id}/telemetry", Encoding.UTF8.GetBytes(payload), packet, again: false, cancellation);
            if (await socket.ReadAckAsync(cancellation) != packet)
            {
                throw new InvalidOperationException($"Not packet {packet} was acknowledged.");
            }

            took.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            Acknowledged++;
        }

        return took;
    }

    /// <summary>The same for a span of time.</summary>
    public async Task<List<double>> RunAsync(TimeSpan span, CancellationToken cancellation)
    {
        using var stop = new CancellationTokenSource(span);
        return await RunAsync(stop.Token, cancellation);
    }

    /// <summary>The value that 99 of a hundred stay below.</summary>
    public static double P99(List<double> values) => values.Order().ElementAt((int)(values.Count * 0.99));
}
