using System.Buffers.Binary;
using System.Text;

namespace SmartCommunity.Edge.Tests.Mqtt;

/// <summary>MQTT packets as bytes, legal or not: what no client library would send.</summary>
internal static class Packets
{
    public const string Topic = "sc/v1/340104/d1/telemetry";

    public static byte[] Connect(
        string clientId,
        string? user,
        string? password = null,
        bool isVersion5 = false,
        ushort keepAlive = 0,
        string? willTopic = null,
        string will = "{\"online\":false}",
        bool clean = true,
        byte[]? properties = null,
        byte[]? willProperties = null)
    {
        var body = new List<byte>();
        body.AddRange(Text("MQTT"));
        body.Add((byte)(isVersion5 ? 5 : 4));
        body.Add((byte)((clean ? 2 : 0) | (user is null ? 0 : 0x80) | (password is null ? 0 : 0x40) | (willTopic is null ? 0 : 0x0C)));
        body.AddRange(Number(keepAlive));
        if (isVersion5)
        {
            body.AddRange([(byte)(properties?.Length ?? 0), .. properties ?? []]);
        }

        body.AddRange(Text(clientId));
        if (willTopic is not null)
        {
            if (isVersion5)
            {
                body.AddRange([(byte)(willProperties?.Length ?? 0), .. willProperties ?? []]);
            }

            body.AddRange(Text(willTopic));
            body.AddRange(Text(will));
        }

        body.AddRange(user is null ? [] : Text(user));
        body.AddRange(password is null ? [] : Text(password));
        return Frame(0x10, [.. body]);
    }

    public static byte[] Publish(string topic, string payload, ushort packetId = 1, int qos = 1, bool isVersion5 = false, bool duplicate = false) =>
        Publish(Encoding.UTF8.GetBytes(topic), Encoding.UTF8.GetBytes(payload), packetId, qos, isVersion5 ? [] : null, duplicate);

    /// <param name="properties">MQTT 5 properties; null for MQTT 3.1.1.</param>
    public static byte[] Publish(byte[] topic, byte[] payload, ushort packetId, int qos, byte[]? properties, bool duplicate = false)
    {
        var body = new List<byte>();
        body.AddRange(Number((ushort)topic.Length));
        body.AddRange(topic);
        if (qos > 0)
        {
            body.AddRange(Number(packetId));
        }

        if (properties is not null)
        {
            body.Add((byte)properties.Length);
            body.AddRange(properties);
        }

        body.AddRange(payload);
        return Frame((byte)(0x30 | (qos << 1) | (duplicate ? 8 : 0)), [.. body]);
    }

    public static byte[] Subscribe(ushort packetId, bool isVersion5, params (string Filter, byte Qos)[] filters) =>
        Subscribe(packetId, isVersion5 ? [] : null, filters);

    /// <param name="properties">MQTT 5 properties; null for MQTT 3.1.1.</param>
    public static byte[] Subscribe(ushort packetId, byte[]? properties, params (string Filter, byte Options)[] filters)
    {
        var body = new List<byte>(Number(packetId));
        if (properties is not null)
        {
            body.AddRange([(byte)properties.Length, .. properties]);
        }

        foreach (var (filter, options) in filters)
        {
            body.AddRange(Text(filter));
            body.Add(options);
        }

        return Frame(0x82, [.. body]);
    }

    /// <summary>PUBACK, PUBREC or PUBCOMP.</summary>
    public static byte[] Acknowledge(int type, ushort packetId) => Frame((byte)(type << 4), Number(packetId));

    public static byte[] Unsubscribe5(ushort packetId, string filter) => Frame(0xA2, [.. Number(packetId), 0, .. Text(filter)]);

    /// <summary>MQTT 5 DISCONNECT.</summary>
    public static byte[] DisconnectWith(byte code, params byte[] properties) => Frame(0xE0, [code, (byte)properties.Length, .. properties]);

    public static byte[] Unsubscribe(ushort packetId, string filter) => Frame(0xA2, [.. Number(packetId), .. Text(filter)]);

    public static byte[] Release(ushort packetId) => Frame(0x62, Number(packetId));

    public static byte[] Ping { get; } = [0xC0, 0];

    public static byte[] Disconnect { get; } = [0xE0, 0];

    public static byte[] Frame(byte header, byte[] body)
    {
        var frame = new List<byte> { header };
        var rest = body.Length;
        do
        {
            frame.Add((byte)((rest & 0x7F) | (rest > 0x7F ? 0x80 : 0)));
            rest >>= 7;
        }
        while (rest > 0);
        frame.AddRange(body);
        return [.. frame];
    }

    public static byte[] Number(ushort value)
    {
        var bytes = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, value);
        return bytes;
    }

    public static byte[] Text(string value)
    {
        var bytes = Encoding.UTF8.GetBytes(value);
        return [.. Number((ushort)bytes.Length), .. bytes];
    }
}
