using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace SmartCommunity.Domain.Devices;

/// <summary>
/// How the password of a device is kept: <c>pbkdf2-sha256$iterations$salt$hash</c>, salt and hash in base 64. A password that a person chose is stretched;
/// one that was made of 130 random bits needs no more than one round.
/// </summary>
public static class PasswordHash
{
    /// <summary>Rounds for a chosen password: some 30 ms of one core, paid at a CONNECT that is not in the cache.</summary>
    public const int ChosenRounds = 100_000;

    /// <summary>Rounds for a made one.</summary>
    public const int MadeRounds = 1;

    /// <summary>Bytes of a salt.</summary>
    public const int SaltBytes = 16;

    private const int HashBytes = 32;
    private const int RoundsMax = 1_000_000;
    private const string Scheme = "pbkdf2-sha256";

    public static string Of(string password, ReadOnlySpan<byte> salt, int rounds) => string.Create(
        CultureInfo.InvariantCulture, $"{Scheme}${rounds}${Convert.ToBase64String(salt)}${Convert.ToBase64String(Stretch(password, salt, rounds))}");

    /// <summary>Whether the password is the one of the text. Takes as long for a wrong one as for the right one.</summary>
    public static bool Verify(string password, string text) =>
        TryRead(text, out var rounds, out var salt, out var hash) && CryptographicOperations.FixedTimeEquals(Stretch(password, salt, rounds), hash);

    /// <summary>Whether the text is one that <see cref="Of"/> makes.</summary>
    public static bool IsWellFormed(string? text) => text is not null && TryRead(text, out _, out _, out _);

    private static byte[] Stretch(string password, ReadOnlySpan<byte> salt, int rounds) =>
        Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(password), salt, rounds, HashAlgorithmName.SHA256, HashBytes);

    private static bool TryRead(string text, out int rounds, out byte[] salt, out byte[] hash)
    {
        (salt, hash, rounds) = ([], [], 0);
        var parts = text.Split('$');
        if (parts.Length != 4
            || parts[0] != Scheme
            || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out rounds)
            || rounds is < 1 or > RoundsMax)
        {
            return false;
        }

        (salt, hash) = (new byte[SaltBytes], new byte[HashBytes]);
        return Convert.TryFromBase64String(parts[2], salt, out var saltLength)
            && Convert.TryFromBase64String(parts[3], hash, out var hashLength)
            && (saltLength, hashLength) == (SaltBytes, HashBytes);
    }
}
