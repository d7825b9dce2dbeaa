using System.Net;
using System.Net.Sockets;

namespace SmartCommunity.Edge.Tests.Mqtt;

/// <summary>One packet as it came from the server.</summary>
internal sealed record Answer(byte Header, byte[] Body)
{
    public int Type => Header >> 4;

    public ushort PacketId => (ushort)((Body[0] << 8) | Body[1]);

    /// <summary>Reason code of a PUBACK, PUBREC or PUBCOMP; 0 when it was left out.</summary>
    public byte Code => Body.Length > 2 ? Body[2] : (byte)0;
}

/// <summary>A raw socket to the listener.</summary>
internal sealed class RawMqtt : IDisposable
{
    public const int PubAck = 4;
    public const int PubRec = 5;
    public const int PubComp = 7;
    public const int SubAck = 9;
    public const int PingResp = 13;
    public const int Disconnect = 14;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] buffer = new byte[1024 * 1024];
    private int start;
    private int end;

    public Socket Socket => socket;

    public static async Task<RawMqtt> OpenAsync(IPEndPoint to)
    {
        var client = new RawMqtt();
        await client.socket.ConnectAsync(to);
        return client;
    }

    public async Task SendAsync(params byte[][] packets)
    {
        foreach (var packet in packets)
        {
            await socket.SendAsync(packet);
        }
    }

    /// <summary>The next packet, or null when the server has closed.</summary>
    public async Task<Answer?> ReadAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            if (TryTake(out var answer))
            {
                return answer;
            }

            if (start > 0)
            {
                Array.Copy(buffer, start, buffer, 0, end - start);
                end -= start;
                start = 0;
            }

            int read;
            try
            {
                read = await socket.ReceiveAsync(buffer.AsMemory(end), patience.Token);
            }
            catch (SocketException)
            {
                return null;
            }

            if (read == 0)
            {
                return null;
            }

            end += read;
        }
    }

    /// <summary>The next packet, which must be there.</summary>
    public async Task<Answer> NextAsync() => await ReadAsync() ?? throw new InvalidOperationException("The server closed the connection.");

    /// <summary>Reads to the end; answers the last packet before it.</summary>
    public async Task<Answer?> ReadToEndAsync()
    {
        Answer? last = null;
        while (await ReadAsync() is { } answer)
        {
            last = answer;
        }

        return last;
    }

    public void Dispose() => socket.Dispose();

    private bool TryTake(out Answer? answer)
    {
        answer = null;
        var length = 0;
        for (var i = 0; i < 4 && start + 1 + i < end; i++)
        {
            length |= (buffer[start + 1 + i] & 0x7F) << (7 * i);
            if (buffer[start + 1 + i] < 0x80)
            {
                var from = start + 2 + i;
                if (end - from < length)
                {
                    return false;
                }

                answer = new Answer(buffer[start], buffer[from..(from + length)]);
                start = from + length;
                return true;
            }
        }

        return false;
    }
}
