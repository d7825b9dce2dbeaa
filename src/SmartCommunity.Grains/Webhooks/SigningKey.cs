using System.Security.Cryptography;
using System.Text;
using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Domain.Webhooks;

namespace SmartCommunity.Grains.Webhooks;

/// <summary>
/// The key of the installation that all secrets of webhooks are derived from: <c>HMAC-SHA-256(key, district, webhook, nonce)</c>. It lives in a file beside
/// the store, not in it; so the store, its backups and exports hold no secret, and a store that is moved without the file needs every secret rotated.
/// </summary>
public sealed class SigningKey
{
    /// <summary>Name of the file in the store's folder.</summary>
    public const string FileName = "webhooks.key";

    /// <summary>What the text of a secret begins with, as Standard Webhooks has it.</summary>
    public const string SecretPrefix = "whsec_";

    private const int KeyBytes = 32;
    private const int NonceBytes = 16;
    private const int IdChars = 12;

    private readonly byte[] key;

    private SigningKey(byte[] key)
    {
        this.key = key;
        Id = Convert.ToHexStringLower(Derive("key-id"))[..IdChars];
    }

    /// <summary>Names the key without telling it.</summary>
    public string Id { get; }

    /// <summary>A key of this process only.</summary>
    public static SigningKey Random() => new(RandomNumberGenerator.GetBytes(KeyBytes));

    /// <summary>Reads the key of a store's folder, or makes it, readable by its owner only.</summary>
    /// <exception cref="InvalidDataException">The file is there and holds no key.</exception>
    public static SigningKey Open(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            Write(path, RandomNumberGenerator.GetBytes(KeyBytes));
        }

        var bytes = new byte[KeyBytes];
        return Convert.TryFromBase64String(File.ReadAllText(path).Trim(), bytes, out var count) && count == KeyBytes
            ? new(bytes)
            : throw new InvalidDataException($"{path} holds no signing key.");
    }

    /// <summary>A new secret of this key.</summary>
    public WebhookSecret New() => new(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(NonceBytes)), Id);

    /// <summary>The secret itself; null when it was derived from another key.</summary>
    public byte[]? SecretOf(AreaCode district, WebhookId webhook, WebhookSecret which)
    {
        ArgumentNullException.ThrowIfNull(which);
        return which.KeyId == Id ? Derive($"{district}\n{webhook}\n{which.Nonce}") : null;
    }

    /// <summary>The text of a secret as its owner gets it, once.</summary>
    public static string Text(byte[] secret) => SecretPrefix + Convert.ToBase64String(secret);

    private byte[] Derive(string purpose) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"smartcommunity-webhook/1\n{purpose}"));

    /// <summary>Written beside and moved, so that a start that is killed leaves a whole key or none.</summary>
    private static void Write(string path, byte[] key)
    {
        var whole = path + ".new";
        File.Delete(whole);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var file = new FileStream(whole, options))
        {
            file.Write(Encoding.ASCII.GetBytes(Convert.ToBase64String(key) + "\n"));
            file.Flush(flushToDisk: true);
        }

        File.Move(whole, path);
    }
}
