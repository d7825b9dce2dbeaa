using System.Security.Cryptography;
using System.Text;
using SmartCommunity.Domain.Devices;

namespace SmartCommunity.Grains.Directory;

/// <summary>
/// Checks passwords a few at a time: each costs some 30 ms of a core, and strangers may ask for as many as they like. Right ones are remembered under a key
/// that only this process can make.
/// </summary>
internal sealed class PasswordGate : IDisposable
{
    /// <summary>Passwords stretched at the same time; the others wait until their CONNECT times out.</summary>
    public const int ChecksMax = 2;

    private static readonly string Nobody = PasswordHash.Of(string.Empty, new byte[PasswordHash.SaltBytes], PasswordHash.ChosenRounds);

    private readonly byte[] secret = RandomNumberGenerator.GetBytes(32);
    private readonly SemaphoreSlim slots = new(ChecksMax);

    /// <summary>The name under which the pair may be remembered; cannot be mistaken for the hash of a token.</summary>
    public string KeyOf(string userName, string password) =>
        "user:" + Convert.ToHexStringLower(HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes(userName + '\n' + password)));

    /// <param name="kept">See <see cref="PasswordHash"/>; null for a name nobody has, which is never right.</param>
    public async ValueTask<bool> VerifyAsync(string password, string? kept, CancellationToken cancellation)
    {
        await slots.WaitAsync(cancellation);
        try
        {
            return await Task.Run(() => PasswordHash.Verify(password, kept ?? Nobody), cancellation) && kept is not null;
        }
        finally
        {
            slots.Release();
        }
    }

    public void Dispose() => slots.Dispose();
}
