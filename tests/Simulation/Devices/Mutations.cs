using System.Text;

namespace SmartCommunity.Simulation.Devices;

/// <summary>
/// MQTT packets as a broken or hostile device sends them: packets of every kind, damaged a little. What comes depends on the seed alone, so a
/// failure is replayed by its number. Most damage is small on purpose: a packet that is refused at its first byte tries nothing behind it.
/// </summary>
internal sealed class Mutations(int seed, string district, string device, string token)
{
    private const int JunkBytesMax = 512;

    /// <summary>The longest lengths that four and five bytes can claim, the second of which MQTT does not know.</summary>
    private static readonly byte[][] Lengths = [[0xFF, 0xFF, 0xFF, 0x7F], [0xFF, 0xFF, 0xFF, 0xFF, 0x7F], [0x80, 0x80, 0x80, 0x00], [0xFF, 0xFF, 0x03]];

    private readonly Random random = new(seed);

    /// <summary>Seeds that begin a connection; some come damaged.</summary>
    public byte[] Opening(bool isVersion5)
    {
        var packet = Connect(isVersion5, withWill: random.Next(4) == 0);
        return random.Next(8) == 0 ? Damage(packet) : packet;
    }

    /// <summary>The next packet of a connection that has begun.</summary>
    public byte[] Next(bool isVersion5) => Damage(Whole(isVersion5));

    /// <summary>True when what a packet announces is what follows, so that the next one is read from its beginning; nothing at all is whole too.</summary>
    public static bool IsWhole(ReadOnlySpan<byte> packet) => packet.IsEmpty || LengthOf(packet) == packet.Length;

    /// <summary>Length of the packet that begins here, its header included; null when the bytes do not tell.</summary>
    public static int? LengthOf(ReadOnlySpan<byte> bytes)
    {
        var length = 0;
        for (var i = 1; i < bytes.Length && i <= 4; i++)
        {
            length |= (bytes[i] & 0x7F) << (7 * (i - 1));
            if (bytes[i] < 0x80)
            {
                return 1 + i + length;
            }
        }

        return null;
    }

    private byte[] Whole(bool isVersion5) => random.Next(40) switch
    {
        0 => Connect(isVersion5, withWill: false),
        1 => [0xE0, 0],
        2 => [0xF0, 0],
        3 => Junk(),
        4 => [0xC0, 0],
        < 7 => Frame(0x82, [.. Number(), .. Properties(isVersion5), .. Text(Topic(random.Next(2) == 0 ? "error" : "cmd/#")), (byte)random.Next(3)]),
        < 9 => Frame(0xA2, [.. Number(), .. Properties(isVersion5), .. Text(Topic("error"))]),
        < 11 => Frame(0x62, [.. Number()]),
        11 => Frame(0x40, [.. Number()]),
        _ => Publish(isVersion5),
    };

    private byte[] Publish(bool isVersion5)
    {
        var quality = random.Next(6) switch { 0 => 0, 1 => 2, _ => 1 };
        var topic = random.Next(8) switch
        {
            0 => "v1/devices/me/telemetry",
            1 => Topic("event"),
            2 => Topic("report"),
            3 => Topic("state"),
            _ => Topic("telemetry"),
        };
        byte[] packetId = quality == 0 ? [] : Number();
        return Frame((byte)(0x30 | (quality << 1) | (random.Next(10) == 0 ? 8 : 0)), [.. Text(topic), .. packetId, .. Properties(isVersion5), .. Payload()]);
    }

    private byte[] Payload() => random.Next(8) switch
    {
        0 => [],
        1 => Encoding.UTF8.GetBytes($"{{\"specversion\":\"1.0\",\"id\":\"h{random.Next()}\",\"source\":\"x\",\"type\":\"t\",\"data\":{{\"values\":{{\"pm25\":1}}}}}}"),
        2 => Encoding.UTF8.GetBytes($"[{{\"bn\":\"{device}:\",\"n\":\"pm25\",\"u\":\"ug/m3\",\"v\":{random.Next(100)}}}]"),
        3 => Encoding.UTF8.GetBytes(new string('[', random.Next(1, 200))),
        4 => Junk(),
        5 => Encoding.UTF8.GetBytes($"{{\"id\":\"h{random.Next()}\",\"class\":\"02.03\",\"text\":\"路灯不亮\",\"channel\":\"kiosk\"}}"),
        _ => Encoding.UTF8.GetBytes($"{{\"id\":\"h{random.Next()}\",\"values\":{{\"pm25\":{random.Next(100)}.5}}}}"),
    };

    private byte[] Properties(bool isVersion5) => !isVersion5 ? [] : random.Next(6) switch
    {
        // Topic alias, content type, message expiry; a user property.
        0 => [3, 0x23, 0, (byte)random.Next(1, 18)],
        1 => [19, 0x03, .. Text("application/json")],
        2 => [5, 0x02, 0, 0, 0, (byte)random.Next(256)],
        3 => [7, 0x26, .. Text("i"), .. Text("d")],
        _ => [0],
    };

    private byte[] Connect(bool isVersion5, bool withWill)
    {
        byte[] properties = isVersion5 ? [0] : [];
        byte[] will = withWill ? [.. properties, .. Text(Topic("state")), .. Text("{\"online\":false}")] : [];
        return Frame(0x10, [.. Text("MQTT"), (byte)(isVersion5 ? 5 : 4), (byte)(withWill ? 0x86 : 0x82), 0, 60, .. properties, .. Text($"{device}:h{random.Next(8)}"), .. will, .. Text(token)]);
    }

    private byte[] Damage(byte[] packet)
    {
        for (var n = random.Next(4) == 0 ? 2 : 1; n > 0 && packet.Length > 0; n--)
        {
            var at = random.Next(packet.Length);
            packet = random.Next(40) switch
            {
                0 => packet[..at],
                1 => [.. packet[..at], .. packet],
                2 => [packet[0], .. Lengths[random.Next(Lengths.Length)], .. packet[1..]],
                3 => [.. packet, .. Junk()],
                < 8 => With(packet, at, (byte)(packet[at] ^ (1 << random.Next(8)))),
                _ => With(packet, Math.Max(at, packet.Length / 2), (byte)random.Next(256)),
            };
        }

        return packet;
    }

    private static byte[] With(byte[] packet, int at, byte value)
    {
        packet[at] = value;
        return packet;
    }

    private byte[] Junk()
    {
        var bytes = new byte[random.Next(1, JunkBytesMax)];
        random.NextBytes(bytes);
        return bytes;
    }

    private string Topic(string leaf) => $"sc/v1/{district}/{device}/{leaf}";

    private byte[] Number() => [(byte)random.Next(2), (byte)random.Next(256)];

    private static byte[] Text(string value)
    {
        var bytes = Encoding.UTF8.GetBytes(value);
        return [(byte)(bytes.Length >> 8), (byte)bytes.Length, .. bytes];
    }

    private static byte[] Frame(byte header, byte[] body)
    {
        var length = new List<byte>();
        var rest = body.Length;
        do
        {
            length.Add((byte)((rest & 0x7F) | (rest > 0x7F ? 0x80 : 0)));
            rest >>= 7;
        }
        while (rest > 0);
        return [header, .. length, .. body];
    }
}
