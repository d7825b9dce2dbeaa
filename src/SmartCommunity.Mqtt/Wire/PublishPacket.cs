using System.Buffers.Binary;

namespace SmartCommunity.Mqtt.Wire;

/// <summary>What a PUBLISH looked like when it was read.</summary>
internal enum PublishFault
{
    None,

    /// <summary>Lengths do not fit, or a property is unknown or twice there.</summary>
    Malformed,

    /// <summary>Packet id 0 on QoS 1 or 2.</summary>
    PacketIdZero,
}

/// <summary>A PUBLISH read in place: topic, content type and payload are slices of the receive buffer.</summary>
internal ref struct PublishPacket
{
    public byte Qos;
    public bool Duplicate;
    public ushort PacketId;

    /// <summary>0: none.</summary>
    public ushort TopicAlias;

    /// <summary>True when the alias property was there, whatever its value.</summary>
    public bool HasTopicAlias;

    public ReadOnlySpan<byte> Topic;
    public ReadOnlySpan<byte> ContentType;
    public ReadOnlySpan<byte> Payload;

    /// <summary>All MQTT 5 properties, as sent.</summary>
    public ReadOnlySpan<byte> Properties;

    /// <summary>True when a user property is among them.</summary>
    public bool HasUserProperty;

    /// <summary>Reads the variable header of a PUBLISH; what remains is its payload.</summary>
    public static PublishFault Read(byte header, ReadOnlySpan<byte> body, bool isVersion5, out PublishPacket packet)
    {
        var read = new PublishPacket { Qos = (byte)((header >> 1) & 3), Duplicate = (header & 0x08) != 0 };
        var rest = body;
        var fault = ReadHeader(ref rest, isVersion5, ref read);
        read.Payload = rest;
        packet = read;
        return fault;
    }

    private static PublishFault ReadHeader(scoped ref ReadOnlySpan<byte> rest, bool isVersion5, ref PublishPacket packet)
    {
        if (!TryReadPrefixed(ref rest, out packet.Topic))
        {
            return PublishFault.Malformed;
        }

        if (packet.Qos > 0)
        {
            if (!BinaryPrimitives.TryReadUInt16BigEndian(rest, out packet.PacketId))
            {
                return PublishFault.Malformed;
            }

            rest = rest[2..];
            if (packet.PacketId == 0)
            {
                return PublishFault.PacketIdZero;
            }
        }

        return !isVersion5 || TryReadProperties(ref rest, ref packet) ? PublishFault.None : PublishFault.Malformed;
    }

    private static bool TryReadProperties(scoped ref ReadOnlySpan<byte> rest, ref PublishPacket packet)
    {
        if (!TryReadVariable(ref rest, out var length) || length > rest.Length)
        {
            return false;
        }

        var properties = rest[..length];
        rest = rest[length..];
        packet.Properties = properties;
        var seen = 0UL;
        while (!properties.IsEmpty)
        {
            var id = properties[0];
            properties = properties[1..];
            if (id != UserProperty && id < 64 && ((seen & (1UL << id)) != 0))
            {
                return false;
            }

            seen |= id < 64 ? 1UL << id : 0;
            if (!TryReadProperty(id, ref properties, ref packet))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Moves to the next user property of properties that were read before. False after the last.</summary>
    public static bool TryNextUserProperty(ref ReadOnlySpan<byte> properties, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        var ignored = default(PublishPacket);
        while (!properties.IsEmpty)
        {
            var id = properties[0];
            properties = properties[1..];
            if (id == UserProperty)
            {
                value = default;
                return TryReadPrefixed(ref properties, out name) && TryReadPrefixed(ref properties, out value);
            }

            if (!TryReadProperty(id, ref properties, ref ignored))
            {
                break;
            }
        }

        name = value = default;
        return false;
    }

    private static bool TryReadProperty(byte id, scoped ref ReadOnlySpan<byte> rest, ref PublishPacket packet)
    {
        switch (id)
        {
            case PayloadFormat:
                return TrySkip(ref rest, 1);
            case MessageExpiry:
                return TrySkip(ref rest, 4);
            case ContentTypeProperty:
                return TryReadPrefixed(ref rest, out packet.ContentType);
            case ResponseTopic or CorrelationData:
                return TryReadPrefixed(ref rest, out _);
            case UserProperty:
                packet.HasUserProperty = true;
                return TryReadPrefixed(ref rest, out _) && TryReadPrefixed(ref rest, out _);
            case TopicAliasProperty:
                packet.HasTopicAlias = BinaryPrimitives.TryReadUInt16BigEndian(rest, out packet.TopicAlias);
                return TrySkip(ref rest, 2);
            default:
                return false;
        }
    }

    private static bool TrySkip(scoped ref ReadOnlySpan<byte> rest, int bytes)
    {
        if (rest.Length < bytes)
        {
            return false;
        }

        rest = rest[bytes..];
        return true;
    }

    private static bool TryReadPrefixed(scoped ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (!BinaryPrimitives.TryReadUInt16BigEndian(rest, out var length) || rest.Length < 2 + length)
        {
            return false;
        }

        value = rest.Slice(2, length);
        rest = rest[(2 + length)..];
        return true;
    }

    private static bool TryReadVariable(scoped ref ReadOnlySpan<byte> rest, out int value)
    {
        value = 0;
        for (var i = 0; i < 4 && i < rest.Length; i++)
        {
            value |= (rest[i] & 0x7F) << (7 * i);
            if (rest[i] < 0x80)
            {
                rest = rest[(i + 1)..];
                return true;
            }
        }

        return false;
    }

    private const byte PayloadFormat = 0x01;
    private const byte MessageExpiry = 0x02;
    private const byte ContentTypeProperty = 0x03;
    private const byte ResponseTopic = 0x08;
    private const byte CorrelationData = 0x09;
    private const byte TopicAliasProperty = 0x23;
    private const byte UserProperty = 0x26;
}
