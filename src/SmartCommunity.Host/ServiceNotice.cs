using System.Net.Sockets;
using System.Text;

namespace SmartCommunity.Host;

/// <summary>
/// Tells the service manager how far the process is (systemd's sd_notify protocol: one datagram to the socket that <c>NOTIFY_SOCKET</c> names). Nothing happens without one.
/// </summary>
internal static class ServiceNotice
{
    public const string Ready = "READY=1";
    public const string Stopping = "STOPPING=1";

    public static void Send(string state)
    {
        if (Environment.GetEnvironmentVariable("NOTIFY_SOCKET") is not { Length: > 0 } name)
        {
            return;
        }

        try
        {
            // A name that begins with @ is in Linux's abstract space, which the kernel writes with a zero byte.
            using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            socket.Connect(new UnixDomainSocketEndPoint(name[0] == '@' ? '\0' + name[1..] : name));
            _ = socket.Send(Encoding.ASCII.GetBytes(state));
        }
        catch (SocketException)
        {
            // The manager is gone or never was there; it will see the process itself.
        }
    }
}
