using System.Globalization;
using System.Text;

namespace SmartCommunity.Simulation.Devices;

/// <summary>
/// A device that publishes with QoS 1 and several messages in flight, and after a break connects again and sends what was not acknowledged once
/// more, as real firmware does.
/// </summary>
/// <param name="run">Begins every message id, so that two runs on one device differ.</param>
internal sealed class LoadDevice(int port, string district, string id, string token, string run, int seed)
{
    private const int InFlightMax = 16;
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(8);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(25);

    private readonly Random random = new(seed);
    private readonly long epochMs = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() - 60_000;
    private int made;

    public SentLog Log { get; } = new();

    public string Id => id;

    /// <summary>Sends until <paramref name="stop"/>, then until everything is acknowledged.</summary>
    public async Task RunAsync(CancellationToken stop, CancellationToken giveUp)
    {
        using var retry = new PeriodicTimer(RetryAfter);
        while (!(stop.IsCancellationRequested && Log.Open().Length == 0))
        {
            try
            {
                await using var socket = await DeviceSocket.ConnectAsync(port, id, token, giveUp);
                await PumpAsync(socket, stop, giveUp);
            }
            catch (IOException)
            {
                // The server was killed or is not there yet: exactly what is tried here.
            }

            await retry.WaitForNextTickAsync(giveUp);
        }
    }

    private async Task PumpAsync(DeviceSocket socket, CancellationToken stop, CancellationToken giveUp)
    {
        using var broken = CancellationTokenSource.CreateLinkedTokenSource(giveUp);
        using var room = new SemaphoreSlim(InFlightMax);
        var flying = new System.Collections.Concurrent.ConcurrentDictionary<ushort, SentMessage>();
        var reader = ReadAcksAsync(socket, flying, room, broken);
        try
        {
            var packet = 0;
            using var pace = new PeriodicTimer(Pace);
            var queue = new Queue<SentMessage>(Log.Open());
            while (!broken.IsCancellationRequested)
            {
                if (queue.Count == 0 && stop.IsCancellationRequested)
                {
                    await Until.TrueAsync(() => flying.IsEmpty || broken.IsCancellationRequested, TimeSpan.FromMinutes(1), "the last acknowledgements came", giveUp);
                    return;
                }

                await room.WaitAsync(broken.Token);
                var message = queue.Count > 0 ? queue.Dequeue() : Make();
                packet = (packet % ushort.MaxValue) + 1;
                flying[(ushort)packet] = message;
                await socket.PublishAsync(message.Topic, message.Payload, (ushort)packet, message.Sends++ > 0, broken.Token);
                if (queue.Count == 0 && packet % 4 == 0)
                {
                    await pace.WaitForNextTickAsync(broken.Token);
                }
            }
        }
        catch (OperationCanceledException) when (!giveUp.IsCancellationRequested)
        {
            // The reader found the connection broken.
        }
        finally
        {
            await broken.CancelAsync();
            await socket.DisposeAsync();
            await reader;
        }
    }

    private async Task ReadAcksAsync(
        DeviceSocket socket,
        System.Collections.Concurrent.ConcurrentDictionary<ushort, SentMessage> flying,
        SemaphoreSlim room,
        CancellationTokenSource broken)
    {
        try
        {
            while (true)
            {
                var packet = await socket.ReadAckAsync(broken.Token);
                if (flying.TryRemove(packet, out var message))
                {
                    Log.Acknowledge(message);
                    room.Release();
                }
            }
        }
        catch (Exception broke) when (broke is IOException or OperationCanceledException or ObjectDisposedException)
        {
            await broken.CancelAsync();
        }
    }

    private SentMessage Make()
    {
        made++;
        var message = random.Next(20) == 0 ? Report() : Telemetry();
        Log.Add(message);
        return message;
    }

    private SentMessage Telemetry()
    {
        var value = random.Next(400) == 0 ? 180 + (random.NextDouble() * 50) : random.NextDouble() * 60;
        return Message(SentKind.Telemetry, "telemetry", $"\"values\":{{\"pm25\":{value.ToString("0.000", CultureInfo.InvariantCulture)}}}");
    }

    private SentMessage Report() => Message(SentKind.Report, "report", $"\"class\":\"02.03\",\"text\":\"路灯不亮 {made}\",\"channel\":\"kiosk\"");

    private SentMessage Message(SentKind kind, string leaf, string body)
    {
        var name = $"{run}-{made}";
        var payload = $"{{\"id\":\"{name}\",\"ts\":{epochMs + made},{body}}}";
        return new(id, name, kind, $"sc/v1/{district}/{id}/{leaf}", Encoding.UTF8.GetBytes(payload));
    }
}
