using System.Security.Cryptography;
using System.Text;

namespace SmartCommunity.Domain.Devices;

/// <summary>How tokens and API keys are kept: SHA-256 of their UTF-8 text, lower-case hex. They are long and random, so no salt is needed.</summary>
public static class TokenHash
{
    public static string Of(string secret)
    {
        ArgumentNullException.ThrowIfNull(secret);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));
    }
}
