using System.Buffers.Binary;

namespace SmartCommunity.Mqtt.Payloads;

/// <summary>Reads protobuf's wire format in place (protobuf.dev, "Encoding"). Groups, which nobody writes any more, are not read.</summary>
internal ref struct WireReader(ReadOnlySpan<byte> bytes)
{
    public const int Varint = 0;
    public const int Fixed64 = 1;
    public const int Bytes = 2;
    private const int Fixed32 = 5;
    private const int VarintBytesMax = 10;

    private readonly ReadOnlySpan<byte> bytes = bytes;

    /// <summary>How far it has read; after a failure about where it stopped making sense.</summary>
    public int At { get; private set; }

    public readonly bool IsAtEnd => At == bytes.Length;

    public bool TryReadTag(out int field, out int wire)
    {
        var known = TryReadVarint(out var tag) && tag <= uint.MaxValue && tag >> 3 != 0;
        field = known ? (int)(tag >> 3) : 0;
        wire = (int)(tag & 7);
        return known;
    }

    public bool TryReadVarint(out ulong value)
    {
        value = 0;
        var from = At;
        for (var i = 0; i < VarintBytesMax && from + i < bytes.Length; i++)
        {
            var digit = bytes[from + i];
            value |= (ulong)(digit & 0x7F) << (7 * i);
            if (digit < 0x80)
            {
                At = from + i + 1;
                return true;
            }
        }

        return false;
    }

    public bool TryReadDouble(out double value)
    {
        var known = BinaryPrimitives.TryReadDoubleLittleEndian(bytes[At..], out value);
        At += known ? sizeof(double) : 0;
        return known;
    }

    public bool TryReadBytes(out ReadOnlySpan<byte> value)
    {
        value = default;
        var from = At;
        if (!TryReadVarint(out var length) || length > (ulong)(bytes.Length - At))
        {
            At = from;
            return false;
        }

        value = bytes.Slice(At, (int)length);
        At += (int)length;
        return true;
    }

    /// <summary>Passes over a field that means nothing here.</summary>
    public bool TrySkip(int wire)
    {
        switch (wire)
        {
            case Varint:
                return TryReadVarint(out _);
            case Bytes:
                return TryReadBytes(out _);
            case Fixed64 or Fixed32:
                var length = wire == Fixed64 ? sizeof(ulong) : sizeof(uint);
                var fits = length <= bytes.Length - At;
                At += fits ? length : 0;
                return fits;
            default:
                return false;
        }
    }
}
