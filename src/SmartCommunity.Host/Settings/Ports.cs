using System.Net;
using System.Net.Sockets;

namespace SmartCommunity.Host.Settings;

/// <summary>Finds out before anything starts whether the ports are to be had, so that the answer names the port and its option.</summary>
internal static class Ports
{
    /// <summary>Refuses when a port is taken; replaces 0 for Orleans, which needs to know its ports beforehand.</summary>
    public static PortSettings Claim(PortSettings ports, IPAddress address)
    {
        var wanted = new (string Key, int Port, IPAddress Address)[]
        {
            ("Ports:Http", ports.Http, address),
            ("Ports:Grpc", ports.Grpc, address),
            ("Ports:Mqtt", ports.Mqtt, address),
            ("Ports:Silo", ports.Silo, IPAddress.Loopback),
            ("Ports:Gateway", ports.Gateway, IPAddress.Loopback),
        };
        foreach (var (key, port, at) in wanted.Where(w => w.Port != 0))
        {
            RefuseWhenTaken(key, port, at);
            var other = wanted.First(w => w.Port == port).Key;
            if (other != key)
            {
                throw new StartRefusedException($"{other} and {key} are both {port}.", $"give each its own port (--{key}).");
            }
        }

        return ports with { Silo = Given(ports.Silo), Gateway = Given(ports.Gateway) };
    }

    private static void RefuseWhenTaken(string key, int port, IPAddress address)
    {
        // Reuse, as Kestrel and Orleans do: connections of the process before that linger in TIME_WAIT do not matter.
        using var probe = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { ExclusiveAddressUse = false };
        probe.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        try
        {
            probe.Bind(new IPEndPoint(address, port));
            probe.Listen(1);
        }
        catch (SocketException refused) when (refused.SocketErrorCode is SocketError.AddressAlreadyInUse)
        {
            throw new StartRefusedException($"Port {port} ({key}) is in use.", $"stop the other program, or choose another port with --{key}.");
        }
        catch (SocketException refused) when (refused.SocketErrorCode is SocketError.AccessDenied or SocketError.AddressNotAvailable)
        {
            throw new StartRefusedException($"Port {port} ({key}) cannot be opened on {address}: {refused.SocketErrorCode}.", $"choose another --{key} or --Listen:Address.");
        }
    }

    private static int Given(int port)
    {
        if (port != 0)
        {
            return port;
        }

        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
