using System.Security.Cryptography;
using System.Text;

namespace SmartCommunity.Cli.Playing;

/// <summary>
/// Tokens of the demo district's devices: the first 26 Crockford base32 characters (130 bits) of HMAC-SHA256(secret, device id). The demo host registers the
/// same derivation, so that 'sc demo play' can speak for thousands of devices without a file of secrets. Only for the demo.
/// </summary>
internal static class DemoDeviceToken
{
    public const int CharsMax = 26;

    private const string Crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    public static string Of(string secret, string deviceId)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(deviceId), hash);
        return Encode(hash);
    }

    private static string Encode(ReadOnlySpan<byte> bytes)
    {
        Span<char> text = stackalloc char[CharsMax];
        for (var i = 0; i < CharsMax; i++)
        {
            var bit = i * 5;
            var pair = (bytes[bit / 8] << 8) | bytes[(bit / 8) + 1];
            text[i] = Crockford[(pair >> (11 - (bit % 8))) & 31];
        }

        return new(text);
    }
}
