using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using SmartCommunity.Mqtt.Links;
using SmartCommunity.Mqtt.Wire;

namespace SmartCommunity.Mqtt.Listening;

/// <summary>
/// Listens on Kestrel's socket transport. A transport of its own, so that it can run what it reads and writes where the socket's event is
/// handled: nothing here blocks, and a thread hop a packet is what a device connection costs most.
/// </summary>
internal sealed class MqttListener(EdgeServices services, MqttConnectionHandler handler, ILoggerFactory logs) : IHostedService, IMqttReady, IDisposable
{
    /// <summary>How often silent connections are looked for.</summary>
    private static readonly TimeSpan SweepEvery = TimeSpan.FromMilliseconds(500);

    private readonly CancellationTokenSource stopping = new();
    private readonly List<Task> loops = [];
    private IConnectionListener? listener;
    private IDisposable? changes;
    private volatile bool ready;

    public bool IsReady => ready;

    public IPEndPoint? EndPoint { get; private set; }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        services.Commands.Open();
        changes = services.Directory.OnChanged(services.Registry.OnChanged);
        var transport = new SocketTransportFactory(
            Options.Create(new SocketTransportOptions
            {
                UnsafePreferInlineScheduling = true,
                NoDelay = true,
                Backlog = 4096,

                // A buffer of 4 KiB an idle connection instead of one more system call a packet.
                WaitForDataBeforeAllocatingBuffer = false,
            }),
            logs);
        listener = await transport.BindAsync(new IPEndPoint(IPAddress.Parse(services.Options.Address), services.Options.Port), cancellationToken);
        EndPoint = listener.EndPoint as IPEndPoint;
        loops.Add(AcceptAsync(listener));
        loops.Add(SweepAsync());
        loops.Add(services.Registry.RefreshAsync(services, stopping.Token));
        loops.Add(services.Errors.DeliverAsync(stopping.Token));
        ready = true;
        Log.Listening(services.Log, EndPoint);
        if (services.Open.IsOn)
        {
            Log.TopicsAreOpen(services.Log, services.Options.OpenTopicPrefixes);
        }
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        ready = false;
        if (listener is null)
        {
            return;
        }

        await listener.UnbindAsync(cancellationToken);
        await SettleAsync();
        foreach (var link in services.Registry.All)
        {
            link.Close(ReasonCode.ServerShuttingDown);
        }

        changes?.Dispose();
        await stopping.CancelAsync();
        await Task.WhenAll(loops).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await listener.DisposeAsync();
    }

    /// <summary>The process begins to stop: says good-bye to what came through WebSocket, for which the web server waits.</summary>
    public async Task StopWebAsync()
    {
        ready = false;
        await SettleAsync();
        foreach (var link in services.Registry.All.Where(l => l.IsWeb))
        {
            link.Close(ReasonCode.ServerShuttingDown);
        }
    }

    public void Dispose() => stopping.Dispose();

    /// <summary>What is on its way to the disk is still acknowledged, for a while.</summary>
    private async Task SettleAsync()
    {
        var began = services.Clock.GetTimestamp();
        var patience = TimeSpan.FromSeconds(services.Options.StopTimeoutSeconds);
        while (services.Registry.All.Any(l => l.Ring?.IsBusy == true && !l.IsClosing) && services.Clock.GetElapsedTime(began) < patience)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), services.Clock);
        }
    }

    private async Task AcceptAsync(IConnectionListener from)
    {
        while (await from.AcceptAsync() is { } connection)
        {
            _ = ServeAsync(connection);
        }
    }

    private async Task ServeAsync(ConnectionContext connection)
    {
        // The accept loop must not run the first packets of a connection.
        await Task.Yield();
        try
        {
            await handler.OnConnectedAsync(connection);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Log.ConnectionFailed(services.Log, e);
        }
        finally
        {
            await connection.DisposeAsync();
        }
    }

    private async Task SweepAsync()
    {
        using var timer = new PeriodicTimer(SweepEvery, services.Clock);
        while (await timer.WaitForNextTickAsync(stopping.Token))
        {
            foreach (var link in services.Registry.All)
            {
                link.Sweep();
            }

            services.Open.Sweep();
        }
    }
}
