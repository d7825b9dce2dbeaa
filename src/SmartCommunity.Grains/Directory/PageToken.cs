using System.Buffers.Text;
using System.Globalization;
using System.IO.Hashing;
using System.Text;
using SmartCommunity.Domain.Refusals;

namespace SmartCommunity.Grains.Directory;

/// <summary>
/// Where the next page begins: the last id, or the last position when the newest come first. Opaque to callers: base64url over a version, a check of
/// the query it belongs to, and the key.
/// </summary>
internal static class PageToken
{
    private const byte Version = 1;
    private const int CheckBytes = 4;

    /// <summary>The longest token that is looked at, in characters.</summary>
    public const int CharsMax = 512;

    public static string Make(string kind, DirectoryQuery query, string last)
    {
        var key = Encoding.UTF8.GetBytes(last);
        var bytes = new byte[1 + CheckBytes + key.Length];
        bytes[0] = Version;
        BitConverter.TryWriteBytes(bytes.AsSpan(1), CheckOf(kind, query));
        key.CopyTo(bytes, 1 + CheckBytes);
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>The key in the token, or null when it is not one of ours for this query.</summary>
    public static string? Read(string kind, DirectoryQuery query, string token)
    {
        if (token.Length > CharsMax || !Base64Url.IsValid(token))
        {
            return null;
        }

        var bytes = Base64Url.DecodeFromChars(token);
        return bytes.Length > 1 + CheckBytes && bytes[0] == Version && BitConverter.ToUInt32(bytes, 1) == CheckOf(kind, query)
            ? Encoding.UTF8.GetString(bytes, 1 + CheckBytes, bytes.Length - 1 - CheckBytes)
            : null;
    }

    public static bool TryPosition(string key, out long position) => long.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out position);

    public static Refusal Refuse() => new(
        RefusalCode.BadCursor,
        "page_token",
        "The page token is not one that this list gave for this filter.",
        "Leave it out to begin again; keep the filter while paging.");

    private static uint CheckOf(string kind, DirectoryQuery query) =>
        XxHash32.HashToUInt32(Encoding.UTF8.GetBytes(string.Join('\n', kind, query.District, query.AreaPrefix, query.Status, query.Owner, query.IdPrefix)));
}
