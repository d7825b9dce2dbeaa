using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace SmartCommunity.Mqtt.Wire;

/// <summary>What a CONNACK that accepts tells the client (MQTT 5, 3.2.2.3); MQTT 3.1.1 hears only whether there is a session.</summary>
internal readonly record struct Welcome(
    bool IsSessionPresent,
    int ReceiveMax,
    int PacketBytesMax,
    int TopicAliasMax,
    bool HasSharedSubscriptions,
    uint? SessionExpirySeconds,
    int? KeepAliveSeconds,
    string? AssignedClientId);

/// <summary>Writes the packets this edge answers itself.</summary>
internal static class PacketWriter
{
    /// <summary>The longest acknowledgement without a reason string, in bytes.</summary>
    public const int AckBytesMax = 5;

    /// <summary>The longest reason string, in bytes of UTF-8.</summary>
    public const int ReasonBytesMax = 256;

    private const byte SessionExpiry = 0x11;
    private const byte AssignedClientId = 0x12;
    private const byte ServerKeepAlive = 0x13;
    private const byte ReasonString = 0x1F;
    private const byte ReceiveMaximum = 0x21;
    private const byte TopicAliasMaximum = 0x22;
    private const byte MaximumPacketSize = 0x27;
    private const byte SharedSubscriptionAvailable = 0x2A;

    /// <summary>PUBACK, PUBREC or PUBCOMP. MQTT 3.1.1 has no reason code; MQTT 5 leaves it out when it is success.</summary>
    public static int WriteAck(Span<byte> target, PacketType type, ushort packetId, ReasonCode code, bool isVersion5)
    {
        var withCode = isVersion5 && code != ReasonCode.Success;
        target[0] = (byte)((int)type << 4);
        target[1] = (byte)(withCode ? 3 : 2);
        BinaryPrimitives.WriteUInt16BigEndian(target[2..], packetId);
        if (!withCode)
        {
            return 4;
        }

        target[4] = (byte)code;
        return 5;
    }

    /// <summary>A PUBACK or PUBREC of MQTT 5 that says why.</summary>
    public static void WriteAck(IBufferWriter<byte> output, PacketType type, ushort packetId, ReasonCode code, string reason)
    {
        var body = new ArrayBufferWriter<byte>(ReasonBytesMax);
        WriteUInt16(body, packetId);
        body.Write<byte>([(byte)code]);
        WriteReason(body, reason);
        WriteFrame(output, type, body.WrittenSpan);
    }

    /// <summary>PINGRESP.</summary>
    public static void WritePingResponse(IBufferWriter<byte> output) => output.Write<byte>([0xD0, 0]);

    /// <summary>MQTT 5 DISCONNECT; MQTT 3.1.1 servers just close.</summary>
    /// <param name="reason">Null: the client does not want it, or the code says it all.</param>
    public static void WriteDisconnect(IBufferWriter<byte> output, ReasonCode code, string? reason)
    {
        var body = new ArrayBufferWriter<byte>(ReasonBytesMax);
        body.Write<byte>([(byte)code]);
        WriteReason(body, reason);
        WriteFrame(output, PacketType.Disconnect, body.WrittenSpan);
    }

    /// <summary>A CONNACK that accepts.</summary>
    public static void WriteWelcome(IBufferWriter<byte> output, in Welcome welcome, bool isVersion5)
    {
        var body = new ArrayBufferWriter<byte>(64);
        body.Write<byte>([(byte)(welcome.IsSessionPresent ? 1 : 0), 0]);
        if (isVersion5)
        {
            var properties = new ArrayBufferWriter<byte>(64);
            WriteUInt16(properties, ReceiveMaximum, welcome.ReceiveMax);
            WriteUInt16(properties, TopicAliasMaximum, welcome.TopicAliasMax);
            WriteUInt32(properties, MaximumPacketSize, (uint)welcome.PacketBytesMax);
            if (!welcome.HasSharedSubscriptions)
            {
                properties.Write<byte>([SharedSubscriptionAvailable, 0]);
            }

            if (welcome.SessionExpirySeconds is { } session)
            {
                WriteUInt32(properties, SessionExpiry, session);
            }

            if (welcome.KeepAliveSeconds is { } keepAlive)
            {
                WriteUInt16(properties, ServerKeepAlive, keepAlive);
            }

            if (welcome.AssignedClientId is { } id)
            {
                WriteText(properties, AssignedClientId, id);
            }

            WriteLength(body, properties.WrittenCount);
            body.Write(properties.WrittenSpan);
        }

        WriteFrame(output, PacketType.ConnAck, body.WrittenSpan);
    }

    /// <summary>A CONNACK that refuses.</summary>
    public static void WriteConnectRefusal(IBufferWriter<byte> output, ReasonCode code, string? reason, bool isVersion5)
    {
        var body = new ArrayBufferWriter<byte>(ReasonBytesMax);
        body.Write<byte>([0, isVersion5 ? (byte)code : ReasonCodes.ToConnectReturnCode(code)]);
        if (isVersion5)
        {
            WriteReason(body, reason);
        }

        WriteFrame(output, PacketType.ConnAck, body.WrittenSpan);
    }

    /// <summary>SUBACK or UNSUBACK: one code a filter; the UNSUBACK of MQTT 3.1.1 has none.</summary>
    public static void WriteFilterAck(IBufferWriter<byte> output, PacketType type, ushort packetId, ReadOnlySpan<byte> codes, bool isVersion5)
    {
        var body = new ArrayBufferWriter<byte>(3 + codes.Length);
        WriteUInt16(body, packetId);
        if (isVersion5)
        {
            body.Write<byte>([0]);
        }

        if (isVersion5 || type == PacketType.SubAck)
        {
            body.Write(codes);
        }

        WriteFrame(output, type, body.WrittenSpan);
    }

    private static void WriteFrame(IBufferWriter<byte> output, PacketType type, ReadOnlySpan<byte> body)
    {
        output.Write<byte>([(byte)((int)type << 4)]);
        WriteLength(output, body.Length);
        output.Write(body);
    }

    /// <summary>The properties of a packet that has no other than its reason string.</summary>
    private static void WriteReason(ArrayBufferWriter<byte> output, string? reason)
    {
        if (reason is null)
        {
            output.Write<byte>([0]);
            return;
        }

        var property = new ArrayBufferWriter<byte>(ReasonBytesMax);
        WriteText(property, ReasonString, reason);
        WriteLength(output, property.WrittenCount);
        output.Write(property.WrittenSpan);
    }

    /// <summary>A text property, cut to <see cref="ReasonBytesMax"/> between two characters.</summary>
    private static void WriteText(ArrayBufferWriter<byte> output, byte property, string text)
    {
        Span<byte> bytes = stackalloc byte[ReasonBytesMax];
        Encoding.UTF8.GetEncoder().Convert(text, bytes, flush: false, out _, out var length, out _);
        WriteUInt16(output, property, length);
        output.Write(bytes[..length]);
    }

    private static void WriteUInt16(ArrayBufferWriter<byte> output, byte property, int value)
    {
        output.Write<byte>([property]);
        WriteUInt16(output, value);
    }

    private static void WriteUInt16(ArrayBufferWriter<byte> output, int value) => output.Write<byte>([(byte)(value >> 8), (byte)value]);

    private static void WriteUInt32(ArrayBufferWriter<byte> output, byte property, uint value)
    {
        output.Write<byte>([property]);
        BinaryPrimitives.WriteUInt32BigEndian(output.GetSpan(sizeof(uint)), value);
        output.Advance(sizeof(uint));
    }

    private static void WriteLength(IBufferWriter<byte> output, int length)
    {
        do
        {
            output.Write<byte>([(byte)((length & 0x7F) | (length > 0x7F ? 0x80 : 0))]);
            length >>= 7;
        }
        while (length > 0);
    }
}
