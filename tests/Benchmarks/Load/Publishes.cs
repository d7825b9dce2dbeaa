using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace SmartCommunity.Benchmarks.Load;

/// <summary>The packets of one connection for one round, encoded before the clock starts: QoS 1, MQTT 3.1.1, all of the same length.</summary>
internal sealed class Publishes
{
    /// <summary>Event times begin this long before the run, so that none lies in the future.</summary>
    private const long PastMs = 3_600_000;

    /// <summary>Event times of a round: later than those of the round before, whatever its shape.</summary>
    private const int RoundMs = 30_000;

    private static readonly long Origin = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() - PastMs;

    private Publishes(byte[] bytes, int packetBytes, int count)
    {
        Bytes = bytes;
        PacketBytes = packetBytes;
        Count = count;
    }

    public byte[] Bytes { get; }

    public int PacketBytes { get; }

    public int Count { get; }

    /// <param name="round">Makes ids and event times new: no message is ever a repetition.</param>
    public static Publishes Encode(int device, int round, int count)
    {
        var first = Packet(device, round, 0);
        var bytes = new byte[first.Length * count];
        for (var i = 0; i < count; i++)
        {
            Packet(device, round, i).CopyTo(bytes, i * first.Length);
        }

        return new Publishes(bytes, first.Length, count);
    }

    private static byte[] Packet(int device, int round, int index)
    {
        var topic = Encoding.UTF8.GetBytes($"sc/v1/{Fleet.District}/{Fleet.Device(device)}/telemetry");
        var time = Origin + ((long)round * RoundMs) + index;
        var payload = Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"{{\"id\":\"r{round:d3}-{index:d7}\",\"ts\":{time},\"seq\":{1_000_000 + index},\"values\":{{\"pm25\":{(index % 300) + 100}.5}}}}"));
        var length = 2 + topic.Length + 2 + payload.Length;
        var header = length < 128 ? 2 : 3;
        var packet = new byte[header + length];
        packet[0] = 0x32;
        packet[1] = (byte)(header == 2 ? length : (length & 0x7F) | 0x80);
        packet[2] = (byte)(length >> 7);
        var at = packet.AsSpan(header);
        BinaryPrimitives.WriteUInt16BigEndian(at, (ushort)topic.Length);
        topic.CopyTo(at[2..]);
        BinaryPrimitives.WriteUInt16BigEndian(at[(2 + topic.Length)..], (ushort)((index % 65_000) + 1));
        payload.CopyTo(at[(4 + topic.Length)..]);
        return packet;
    }
}
