using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace SmartCommunity.Storage.Sqlite;

/// <summary>
/// The sum (modulo 2^128) of the first 16 bytes of SHA-256 over each reading, so that order does not matter but repetition does. A reading is written as: device, metric and
/// message as UTF-8, each after its length in 4 bytes (-1 for no message), time in 8 bytes, value in 8 bytes; all little-endian.
/// </summary>
internal sealed class DigestSum
{
    private byte[] _buffer = new byte[1024];
    private UInt128 _sum;
    private long _count;

    public void Add(string device, string metric, long atMs, double value, ReadOnlySpan<byte> message, bool noMessage)
    {
        var needed = ((device.Length + metric.Length) * 3) + message.Length + 28;
        if (_buffer.Length < needed)
        {
            _buffer = new byte[needed * 2];
        }

        var used = WriteText(0, device);
        used = WriteText(used, metric);
        BinaryPrimitives.WriteInt32LittleEndian(_buffer.AsSpan(used), noMessage ? -1 : message.Length);
        message.CopyTo(_buffer.AsSpan(used + 4));
        used += 4 + message.Length;
        BinaryPrimitives.WriteInt64LittleEndian(_buffer.AsSpan(used), atMs);
        BinaryPrimitives.WriteDoubleLittleEndian(_buffer.AsSpan(used + 8), value);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        _ = SHA256.HashData(_buffer.AsSpan(0, used + 16), hash);
        _sum = unchecked(_sum + BinaryPrimitives.ReadUInt128LittleEndian(hash));
        _count++;
    }

    public ReadingDigest ToDigest() => new(_count, _sum.ToString("x32", CultureInfo.InvariantCulture));

    private int WriteText(int at, string text)
    {
        var length = Encoding.UTF8.GetBytes(text, _buffer.AsSpan(at + 4));
        BinaryPrimitives.WriteInt32LittleEndian(_buffer.AsSpan(at), length);
        return at + 4 + length;
    }
}
