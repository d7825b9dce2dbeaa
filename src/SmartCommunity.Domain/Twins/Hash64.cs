using System.Numerics;

namespace SmartCommunity.Domain.Twins;

/// <summary>
/// A 64-bit hash that is the same in every process and version: it stands in snapshots and is compared with what is computed later. Not a
/// secret-keyed one: a device can only collide with itself.
/// </summary>
public static class Hash64
{
    private const ulong Seed = 0xcbf29ce484222325;
    private const ulong Prime = 0x100000001b3;

    /// <summary>Of a text, by its UTF-16 units.</summary>
    public static ulong Of(ReadOnlySpan<char> text)
    {
        var hash = Seed;
        foreach (var c in text)
        {
            hash = (hash ^ c) * Prime;
        }

        return Mix(hash ^ (ulong)text.Length);
    }

    /// <summary>Of one value of a message.</summary>
    public static ulong Of(string metric, double value) => Mix(Of(metric) + BitOperations.RotateLeft(BitConverter.DoubleToUInt64Bits(value), 17));

    /// <summary>Spreads every input bit over the whole result.</summary>
    public static ulong Mix(ulong x)
    {
        x ^= x >> 32;
        x *= 0xd6e8feb86659fd93;
        x ^= x >> 32;
        x *= 0xd6e8feb86659fd93;
        return x ^ (x >> 32);
    }
}
