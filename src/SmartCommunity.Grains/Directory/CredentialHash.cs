using System.Security.Cryptography;
using System.Text;

namespace SmartCommunity.Grains.Directory;

/// <summary>How device tokens and API keys are kept: SHA-256, lower-case hex. Tokens are long and random, so a slow hash would add nothing.</summary>
public static class CredentialHash
{
    /// <summary>The longest token or key that is looked at, in characters; longer ones are unknown without hashing them.</summary>
    public const int SecretCharsMax = 512;

    public static string Of(string secret)
    {
        ArgumentNullException.ThrowIfNull(secret);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));
    }
}
