using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace SmartCommunity.Webhooks.Sending;

/// <summary>
/// The signature of the public "Standard Webhooks" convention (standardwebhooks.com): <c>v1,</c> and the Base64 of HMAC-SHA-256 over
/// <c>{id}.{timestamp}.{body}</c>. docs/webhooks.md has a vector made by another program.
/// </summary>
internal static class Signature
{
    public const string IdHeader = "webhook-id";
    public const string TimestampHeader = "webhook-timestamp";
    public const string SignatureHeader = "webhook-signature";

    private const string Version = "v1,";

    /// <summary>One signature a secret, parted by blanks: while two secrets are valid the receiver may know either.</summary>
    public static string Of(IEnumerable<byte[]> secrets, string id, long timestamp, ReadOnlySpan<byte> body)
    {
        var signed = new List<string>();
        foreach (var secret in secrets)
        {
            signed.Add(Of(secret, id, timestamp, body));
        }

        return string.Join(' ', signed);
    }

    /// <param name="timestamp">Unix seconds.</param>
    public static string Of(byte[] secret, string id, long timestamp, ReadOnlySpan<byte> body)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, secret);
        hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}.{timestamp}.")));
        hash.AppendData(body);
        return Version + Convert.ToBase64String(hash.GetHashAndReset());
    }
}
