using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace SmartCommunity.Simulation.Devices;

/// <summary>
/// MQTT 3.1.1 on a bare socket: as much as a device needs that pipelines QoS 1. Written apart from the product and from its libraries, so that it
/// cannot share their errors.
/// </summary>
internal sealed class DeviceSocket : IAsyncDisposable
{
    private readonly NetworkStream stream;
    private readonly byte[] head = new byte[4];

    private DeviceSocket(NetworkStream stream) => this.stream = stream;

    /// <summary>Connects with a device token; throws <see cref="IOException"/> when the server does not take it.</summary>
    public static async Task<DeviceSocket> ConnectAsync(int port, string clientId, string token, CancellationToken cancellation)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, port, cancellation);
        }
        catch (SocketException refused)
        {
            socket.Dispose();
            throw new IOException("Nobody listens.", refused);
        }

        var connection = new DeviceSocket(new NetworkStream(socket, ownsSocket: true));
        try
        {
            await connection.GreetAsync(clientId, token, cancellation);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    public async Task PublishAsync(string topic, ReadOnlyMemory<byte> payload, ushort packet, bool again, CancellationToken cancellation)
    {
        var topicLength = Encoding.UTF8.GetByteCount(topic);
        var bytes = new byte[8 + topicLength + 4 + payload.Length];
        bytes[0] = (byte)(0x32 | (again ? 0x08 : 0));
        var at = 1 + WriteLength(bytes.AsSpan(1), 2 + topicLength + 2 + payload.Length);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(at), (ushort)topicLength);
        at += 2 + Encoding.UTF8.GetBytes(topic, bytes.AsSpan(at + 2));
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(at), packet);
        payload.Span.CopyTo(bytes.AsSpan(at + 2));
        await stream.WriteAsync(bytes.AsMemory(0, at + 2 + payload.Length), cancellation);
    }

    /// <summary>Subscribes with QoS 1 and waits for the SUBACK.</summary>
    public async Task SubscribeAsync(string filter, CancellationToken cancellation)
    {
        using var body = new MemoryStream();
        body.Write([0, 1]);
        Put(body, filter);
        body.WriteByte(1);
        await stream.WriteAsync(new byte[] { 0x82, (byte)body.Length }.Concat(body.ToArray()).ToArray(), cancellation);
        var (header, answer) = await ReadPacketAsync(cancellation);
        if (header >> 4 != 9 || answer[^1] != 1)
        {
            throw new IOException($"Not subscribed: packet {header >> 4}, code {answer[^1]}.");
        }
    }

    /// <summary>Topic and packet id of the next PUBLISH of the server.</summary>
    public async Task<(string Topic, ushort Packet)> ReadCommandAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var (header, body) = await ReadPacketAsync(cancellation);
            if (header >> 4 == 3)
            {
                var length = BinaryPrimitives.ReadUInt16BigEndian(body);
                return (Encoding.UTF8.GetString(body, 2, length), BinaryPrimitives.ReadUInt16BigEndian(body.AsSpan(2 + length)));
            }
        }
    }

    public async Task AcknowledgeAsync(ushort packet, CancellationToken cancellation) =>
        await stream.WriteAsync(new byte[] { 0x40, 2, (byte)(packet >> 8), (byte)packet }, cancellation);

    /// <summary>The packet id of the next PUBACK.</summary>
    public async Task<ushort> ReadAckAsync(CancellationToken cancellation)
    {
        while (true)
        {
            await stream.ReadExactlyAsync(head.AsMemory(0, 2), cancellation);
            var rest = new byte[head[1]];
            await stream.ReadExactlyAsync(rest, cancellation);
            if (head[0] >> 4 == 4)
            {
                return BinaryPrimitives.ReadUInt16BigEndian(rest);
            }
        }
    }

    public ValueTask DisposeAsync() => stream.DisposeAsync();

    private async Task<(byte Header, byte[] Body)> ReadPacketAsync(CancellationToken cancellation)
    {
        await stream.ReadExactlyAsync(head.AsMemory(0, 1), cancellation);
        var header = head[0];
        var length = 0;
        for (var shift = 0; shift < 28; shift += 7)
        {
            await stream.ReadExactlyAsync(head.AsMemory(1, 1), cancellation);
            length |= (head[1] & 0x7F) << shift;
            if (head[1] < 0x80)
            {
                break;
            }
        }

        var body = new byte[length];
        await stream.ReadExactlyAsync(body, cancellation);
        return (header, body);
    }

    private async Task GreetAsync(string clientId, string token, CancellationToken cancellation)
    {
        using var body = new MemoryStream();
        Put(body, "MQTT");
        body.Write([4, 0x82, 0, 60]);
        Put(body, clientId);
        Put(body, token);
        var packet = new byte[5 + body.Length];
        packet[0] = 0x10;
        var at = 1 + WriteLength(packet.AsSpan(1), (int)body.Length);
        body.GetBuffer().AsSpan(0, (int)body.Length).CopyTo(packet.AsSpan(at));
        await stream.WriteAsync(packet.AsMemory(0, at + (int)body.Length), cancellation);
        await stream.ReadExactlyAsync(head, cancellation);
        if (head[0] != 0x20 || head[3] != 0)
        {
            throw new IOException($"CONNACK {head[3]}.");
        }
    }

    private static void Put(MemoryStream body, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        body.Write([(byte)(bytes.Length >> 8), (byte)bytes.Length]);
        body.Write(bytes);
    }

    private static int WriteLength(Span<byte> into, int length)
    {
        var count = 0;
        do
        {
            var digit = length % 128;
            length /= 128;
            into[count++] = (byte)(length > 0 ? digit | 0x80 : digit);
        }
        while (length > 0);
        return count;
    }
}
