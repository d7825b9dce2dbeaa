using System.Security.Cryptography;
using System.Text;
using SmartCommunity.Domain.Ids;

namespace SmartCommunity.Domain.Demo;

/// <summary>Device tokens of the demo district, derived from one secret so that a player of the demo day can compute them.</summary>
public static class DemoTokens
{
    /// <summary>Characters of a token: 130 bits.</summary>
    public const int Chars = 26;

    private const string Crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private const int BitsPerChar = 5;

    /// <summary>HMAC-SHA256(secret, device id) in Crockford's base 32.</summary>
    public static string Of(string secret, DeviceId device)
    {
        var mac = HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(device.ToString()));
        return string.Create(Chars, mac, static (text, bytes) =>
        {
            for (var i = 0; i < text.Length; i++)
            {
                var bit = i * BitsPerChar;
                var two = (bytes[bit / 8] << 8) | bytes[(bit / 8) + 1];
                text[i] = Crockford[(two >> (16 - BitsPerChar - (bit % 8))) & 31];
            }
        });
    }
}
