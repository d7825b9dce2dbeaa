using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace SmartCommunity.Edge.Tests.Clients;

/// <summary>Stands between client and server and does what networks do: cuts, swallows, falls silent. Its own port never changes.</summary>
internal sealed class FaultProxy : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<Link, bool> links = [];
    private readonly Task accepting;

    public FaultProxy(int target)
    {
        Target = target;
        listener.Start();
        accepting = AcceptAsync();
    }

    public string Address => $"127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";

    /// <summary>Port of the server; a change counts for new connections.</summary>
    public int Target { get; set; }

    /// <summary>While true, what the server answers is thrown away.</summary>
    public bool SwallowsAnswers { get; set; }

    /// <summary>Connections that live.</summary>
    public int Live => links.Keys.Count(link => !link.IsSilent);

    public void CutAll()
    {
        foreach (var link in links.Keys)
        {
            link.Dispose();
        }
    }

    /// <summary>The connections of now stay open and carry nothing any more.</summary>
    public void SilenceAll()
    {
        foreach (var link in links.Keys)
        {
            link.IsSilent = true;
        }
    }

    public async ValueTask DisposeAsync()
    {
        listener.Dispose();
        CutAll();
        await accepting;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var near = await listener.AcceptSocketAsync();
                _ = CarryAsync(near);
            }
        }
        catch (SocketException)
        {
            // The listener was closed.
        }
        catch (ObjectDisposedException)
        {
            // The same, a moment earlier.
        }
    }

    private async Task CarryAsync(Socket near)
    {
        using var link = new Link(near);
        links[link] = true;
        try
        {
            await link.Far.ConnectAsync(IPAddress.Loopback, Target);
            await Task.WhenAny(PumpAsync(link, link.Near, link.Far, isAnswer: false), PumpAsync(link, link.Far, link.Near, isAnswer: true));
        }
        catch (SocketException)
        {
            // Nobody listens there now.
        }
        finally
        {
            links.TryRemove(link, out _);
        }
    }

    private async Task PumpAsync(Link link, Socket from, Socket to, bool isAnswer)
    {
        var buffer = new byte[16 << 10];
        try
        {
            while (await from.ReceiveAsync(buffer) is var read and > 0)
            {
                if (!link.IsSilent && !(isAnswer && SwallowsAnswers))
                {
                    await to.SendAsync(buffer.AsMemory(0, read));
                }
            }
        }
        catch (SocketException)
        {
            // Cut.
        }
        catch (ObjectDisposedException)
        {
            // Cut.
        }
    }

    private sealed class Link(Socket near) : IDisposable
    {
        public Socket Near => near;

        public Socket Far { get; } = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

        public bool IsSilent { get; set; }

        public void Dispose()
        {
            Near.Dispose();
            Far.Dispose();
        }
    }
}
