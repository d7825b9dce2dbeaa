using System.Net;
using System.Net.Sockets;
using SmartCommunity.Grains.Webhooks;

namespace SmartCommunity.Webhooks.Sending;

/// <summary>
/// Opens the connections of webhooks. The name is looked up here and the connection goes to the very address that was judged, so that a name that answers
/// differently the second time leads nowhere else.
/// </summary>
internal sealed class GuardedConnect(WebhookOptions options)
{
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var allowed = await AddressesAsync(context.DnsEndPoint.Host, cancellation);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, context.DnsEndPoint.Port, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (SocketException failed)
        {
            socket.Dispose();
            throw new ConnectFailedException(
                failed.SocketErrorCode == SocketError.ConnectionRefused ? "The connection was refused." : "The server cannot be reached.", failed);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task<IPAddress[]> AddressesAsync(string host, CancellationToken cancellation)
    {
        IPAddress[] found;
        try
        {
            found = IPAddress.TryParse(host, out var literal) ? [literal] : await Dns.GetHostAddressesAsync(host, cancellation);
        }
        catch (SocketException unknown)
        {
            throw new ConnectFailedException("The name of the server is not known.", unknown);
        }

        var allowed = Array.FindAll(found, options.Allows);
        return allowed.Length > 0
            ? allowed
            : throw new ConnectFailedException("The address lies on this machine or in a private network, where webhooks may not lead.", null);
    }
}

/// <summary>No connection; the message is ours and may be shown.</summary>
internal sealed class ConnectFailedException(string reason, Exception? inner) : IOException(reason, inner);
