using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace SmartCommunity.Benchmarks.Load;

/// <summary>A shape of load: connections × messages in flight on each.</summary>
internal sealed record Shape(string Name, int Connections, int InFlight, int MessagesEach)
{
    public int Messages => Connections * MessagesEach;
}

/// <summary>
/// Connections that keep their window full over raw sockets. As many packets as were acknowledged are sent in one go; every acknowledgement is
/// checked for its packet id, in order.
/// </summary>
internal sealed class Generator : IDisposable
{
    private const int AckBytes = 4;

    private readonly Shape shape;
    private readonly Socket[] sockets;

    private Generator(Shape shape, Socket[] sockets)
    {
        this.shape = shape;
        this.sockets = sockets;
    }

    public static async Task<Generator> ConnectAsync(Shape shape, int port)
    {
        var sockets = new Socket[shape.Connections];
        for (var i = 0; i < sockets.Length; i++)
        {
            sockets[i] = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await sockets[i].ConnectAsync(new IPEndPoint(IPAddress.Loopback, port));
            await sockets[i].SendAsync(Connect(Fleet.Device(i).ToString(), Fleet.Token(i)));
            var answer = new byte[4];
            await ReadExactlyAsync(sockets[i], answer);
            if (answer[3] != 0)
            {
                throw new InvalidOperationException($"Connection {i} was refused with {answer[3]}.");
            }
        }

        return new Generator(shape, sockets);
    }

    /// <summary>Sends one round; answers the seconds from the first send to the last acknowledgement.</summary>
    public async Task<double> RunAsync(int round)
    {
        var packets = new Publishes[sockets.Length];
        for (var i = 0; i < packets.Length; i++)
        {
            packets[i] = Publishes.Encode(i, round, shape.MessagesEach);
        }

        var began = Stopwatch.GetTimestamp();
        await Task.WhenAll(sockets.Select((s, i) => Task.Run(() => PumpAsync(s, packets[i]))));
        return Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    public void Dispose()
    {
        foreach (var socket in sockets)
        {
            socket.Dispose();
        }
    }

    private async Task PumpAsync(Socket socket, Publishes packets)
    {
        var buffer = new byte[AckBytes * 1024];
        var sent = Math.Min(shape.InFlight, packets.Count);
        var acked = 0;
        var partial = 0;
        await SendAsync(socket, packets, 0, sent);
        while (acked < packets.Count)
        {
            var read = await socket.ReceiveAsync(buffer.AsMemory(partial));
            if (read == 0)
            {
                throw new InvalidOperationException("The server closed the connection.");
            }

            var have = partial + read;
            var whole = have / AckBytes;
            Check(buffer, whole, acked);
            partial = have - (whole * AckBytes);
            buffer.AsSpan(whole * AckBytes, partial).CopyTo(buffer);
            acked += whole;
            var more = Math.Min(acked + shape.InFlight, packets.Count) - sent;
            if (more > 0)
            {
                await SendAsync(socket, packets, sent, more);
                sent += more;
            }
        }
    }

    private static void Check(byte[] buffer, int whole, int acked)
    {
        for (var i = 0; i < whole; i++)
        {
            var at = i * AckBytes;
            var expected = ((acked + i) % 65_000) + 1;
            if (buffer[at] != 0x40 || ((buffer[at + 2] << 8) | buffer[at + 3]) != expected)
            {
                throw new InvalidOperationException($"Expected PUBACK {expected}.");
            }
        }
    }

    private static async ValueTask SendAsync(Socket socket, Publishes packets, int from, int count)
    {
        var rest = packets.Bytes.AsMemory(from * packets.PacketBytes, count * packets.PacketBytes);
        while (!rest.IsEmpty)
        {
            rest = rest[await socket.SendAsync(rest)..];
        }
    }

    private static async Task ReadExactlyAsync(Socket socket, Memory<byte> into)
    {
        while (!into.IsEmpty)
        {
            var read = await socket.ReceiveAsync(into);
            if (read == 0)
            {
                throw new InvalidOperationException("The server closed the connection.");
            }

            into = into[read..];
        }
    }

    private static byte[] Connect(string clientId, string user)
    {
        byte[] body = [.. Text("MQTT"), 4, 0x82, 0, 0, .. Text(clientId), .. Text(user)];
        return [0x10, (byte)body.Length, .. body];
    }

    private static byte[] Text(string value)
    {
        var bytes = Encoding.UTF8.GetBytes(value);
        return [(byte)(bytes.Length >> 8), (byte)bytes.Length, .. bytes];
    }
}
