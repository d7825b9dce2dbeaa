using System.Security.Cryptography;
using System.Text;
using SmartCommunity.Grains.Directory;

namespace SmartCommunity.Grpc.Calls;

/// <summary>
/// Makes device tokens and API keys: 26 characters of Crockford's base 32, 130 bits. With a request id the secret is derived from the caller's own
/// credential (HMAC-SHA-256), so that the same request answers the same secret though only its hash is stored.
/// </summary>
internal static class Secrets
{
    /// <summary>What an API key begins with.</summary>
    public const string ApiKeyPrefix = "sc_";

    private const int Chars = 26;
    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

    /// <param name="purpose">Tells the secrets of one request apart: what it is for, and the resource's name.</param>
    public static string Make(EdgeCall call, string purpose)
    {
        Span<byte> bytes = stackalloc byte[HMACSHA256.HashSizeInBytes];
        if (call.Command.RequestId is { } request)
        {
            HMACSHA256.HashData(Encoding.UTF8.GetBytes(call.Caller.Credential), Encoding.UTF8.GetBytes($"{purpose}\n{request}"), bytes);
        }
        else
        {
            RandomNumberGenerator.Fill(bytes);
        }

        // Each character uses five bits of its own byte: 26 × 5 = 130.
        var text = new char[Chars];
        for (var i = 0; i < Chars; i++)
        {
            text[i] = Alphabet[bytes[i] & 31];
        }

        return new(text);
    }

    /// <summary>Compares without telling by its duration how much is right.</summary>
    public static bool IsHashOf(string secret, string hash) =>
        CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(CredentialHash.Of(secret)), Encoding.ASCII.GetBytes(hash));
}
