using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace SmartCommunity.Benchmarks;

/// <summary>What this machine can do at all: figures of another machine mean nothing beside ours.</summary>
internal static class Calibration
{
    private const int Flushes = 200;
    private const int RoundTrips = 5_000;

    public static async Task PrintAsync(string folder)
    {
        var trips = await LoopbackMicrosecondsAsync();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Environment.ProcessorCount} cores · {RuntimeInformation.OSDescription} · {RuntimeInformation.FrameworkDescription}"));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"flushed 4 KiB writes: {FlushesPerSecond(folder):n0}/s · loopback round trip: {trips:f1} us"));
    }

    private static double FlushesPerSecond(string folder)
    {
        using var file = new FileStream(Path.Combine(folder, "calibration"), FileMode.Create, FileAccess.Write, FileShare.None, 0, FileOptions.DeleteOnClose);
        var page = new byte[4096];
        var began = Stopwatch.GetTimestamp();
        for (var i = 0; i < Flushes; i++)
        {
            file.Write(page);
            file.Flush(flushToDisk: true);
        }

        return Flushes / Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    private static async Task<double> LoopbackMicrosecondsAsync()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync((IPEndPoint)listener.LocalEndpoint);
        using var server = await listener.AcceptTcpClientAsync();
        server.NoDelay = true;
        var echo = Task.Run(() => Bounce(server.Client, first: false));
        var began = Stopwatch.GetTimestamp();
        Bounce(client.Client, first: true);
        var elapsed = Stopwatch.GetElapsedTime(began);
        await echo;
        return elapsed.TotalMicroseconds / RoundTrips;
    }

    private static void Bounce(Socket socket, bool first)
    {
        var one = new byte[1];
        for (var i = 0; i < RoundTrips; i++)
        {
            if (first)
            {
                socket.Send(one);
            }

            socket.Receive(one);
            if (!first)
            {
                socket.Send(one);
            }
        }
    }
}
