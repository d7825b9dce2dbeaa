using System.Buffers.Binary;

namespace SmartCommunity.Domain.Devices;

/// <summary>
/// A number as devices lay it into bytes: <c>u8 i8</c>, or <c>u16 i16 u24 i24 u32 i32 f32 f64</c> followed by <c>le</c> or <c>be</c>. None is wider
/// than what a double holds exactly.
/// </summary>
public readonly record struct RawType
{
    private readonly char kind;
    private readonly bool bigEndian;

    private RawType(char kind, int bytes, bool bigEndian)
    {
        this.kind = kind;
        this.bigEndian = bigEndian;
        Bytes = bytes;
    }

    /// <summary>All names, for refusals and docs.</summary>
    public const string Names = "u8 i8 u16le u16be i16le i16be u24le u24be i24le i24be u32le u32be i32le i32be f32le f32be f64le f64be";

    /// <summary>Its width.</summary>
    public int Bytes { get; }

    public bool IsUnsigned => kind == 'u';

    public static bool TryParse(string? name, out RawType type)
    {
        type = default;
        if (name is not { Length: > 1 and < 6 } || !Names.Split(' ').Contains(name, StringComparer.Ordinal))
        {
            return false;
        }

        var digits = name.Length == 2 ? name.AsSpan(1) : name.AsSpan(1, 2);
        type = new(name[0], int.Parse(digits, System.Globalization.CultureInfo.InvariantCulture) / 8, name.EndsWith("be", StringComparison.Ordinal));
        return true;
    }

    /// <summary>The number in the first <see cref="Bytes"/> bytes.</summary>
    public double Read(ReadOnlySpan<byte> from)
    {
        var bits = Bits(from);
        return kind switch
        {
            'f' when Bytes == 4 => BitConverter.UInt32BitsToSingle((uint)bits),
            'f' => BitConverter.UInt64BitsToDouble(bits),
            'i' => (long)(bits << (64 - (8 * Bytes))) >> (64 - (8 * Bytes)),
            _ => bits,
        };
    }

    /// <summary>The bytes as one number without a sign.</summary>
    public ulong Bits(ReadOnlySpan<byte> from)
    {
        Span<byte> wide = stackalloc byte[8];
        wide.Clear();
        from[..Bytes].CopyTo(wide);
        if (bigEndian)
        {
            wide[..Bytes].Reverse();
        }

        return BinaryPrimitives.ReadUInt64LittleEndian(wide);
    }
}
