using System.Buffers;
using System.Buffers.Binary;

namespace SmartCommunity.Mqtt.Wire;

/// <summary>Writes the few packets this edge answers itself.</summary>
internal static class PacketWriter
{
    /// <summary>The longest acknowledgement, in bytes.</summary>
    public const int AckBytesMax = 5;

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

    /// <summary>PINGRESP.</summary>
    public static void WritePingResponse(IBufferWriter<byte> output) => output.Write<byte>([0xD0, 0]);

    /// <summary>MQTT 5 DISCONNECT; MQTT 3.1.1 servers just close.</summary>
    public static void WriteDisconnect(IBufferWriter<byte> output, ReasonCode code) => output.Write<byte>([0xE0, 2, (byte)code, 0]);

    /// <summary>A CONNACK that refuses.</summary>
    public static void WriteConnectRefusal(IBufferWriter<byte> output, ReasonCode code, bool isVersion5)
    {
        if (isVersion5)
        {
            output.Write<byte>([0x20, 3, 0, (byte)code, 0]);
            return;
        }

        output.Write<byte>([0x20, 2, 0, ReasonCodes.ToConnectReturnCode(code)]);
    }

    /// <summary>A SUBACK that answers every filter itself.</summary>
    public static void WriteSubscribeAck(IBufferWriter<byte> output, ushort packetId, ReadOnlySpan<byte> codes, bool isVersion5)
    {
        var span = output.GetSpan(8 + codes.Length);
        var body = 2 + (isVersion5 ? 1 : 0) + codes.Length;
        var at = 0;
        span[at++] = 0x90;
        if (body >= 0x80)
        {
            span[at++] = (byte)((body & 0x7F) | 0x80);
            span[at++] = (byte)(body >> 7);
        }
        else
        {
            span[at++] = (byte)body;
        }

        BinaryPrimitives.WriteUInt16BigEndian(span[at..], packetId);
        at += 2;
        if (isVersion5)
        {
            span[at++] = 0;
        }

        codes.CopyTo(span[at..]);
        output.Advance(at + codes.Length);
    }
}
