using System.Security.Cryptography;
using SmartCommunity.Domain.Devices;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Grains.Directory;
using SmartCommunity.Grpc.Calls;
using SmartCommunity.Grpc.Refusals;

namespace SmartCommunity.Grpc.Devices;

/// <summary>A credential as its owner gets to see it once, and as it is kept. Either <see cref="Token"/> or user name and password are set.</summary>
internal sealed record ChosenCredential(DeviceCredential Kept, string Token, string Password)
{
    public string UserName => Kept.UserName ?? string.Empty;

    /// <summary>What the caller chose; what was left open is made.</summary>
    /// <param name="purpose">Tells the secrets of one request apart.</param>
    /// <param name="isDryRun">Then nothing is kept, and a password need not be stretched.</param>
    public static ChosenCredential Of(EdgeCall call, string token, string userName, string password, string purpose, bool isDryRun = false)
    {
        if (Judge(token, userName, password) is { } refusal)
        {
            throw RefusalStatus.ToException(refusal);
        }

        if (userName.Length == 0)
        {
            var secret = token.Length > 0 ? token : Secrets.Make(call, "device-token " + purpose);
            return new(new(CredentialHash.Of(secret)), secret, string.Empty);
        }

        var word = password.Length > 0 ? password : Secrets.Make(call, "device-password " + purpose);
        var rounds = password.Length > 0 && !isDryRun ? PasswordHash.ChosenRounds : PasswordHash.MadeRounds;
        return new(new(PasswordHash.Of(word, RandomNumberGenerator.GetBytes(PasswordHash.SaltBytes), rounds), userName), string.Empty, word);
    }

    /// <summary>What is wrong with a chosen credential; null when it can be used, or when nothing was chosen.</summary>
    public static Refusal? Judge(string token, string userName, string password)
    {
        if (token.Length > 0 && (userName.Length > 0 || password.Length > 0))
        {
            return new(RefusalCode.Malformed, "token", "A device has a token, or a user name and a password, not both.", "Leave one of the two out.");
        }

        if (token.Length > 0)
        {
            return token.Length is >= ApiLimits.TokenCharsMin and <= ApiLimits.TokenCharsMax && token.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-')
                ? null
                : Answers.Malformed("token", $"A token has {ApiLimits.TokenCharsMin} to {ApiLimits.TokenCharsMax} characters of A-Z a-z 0-9 . _ -.", "Leave it out to have one made.");
        }

        if (userName.Length == 0)
        {
            return password.Length == 0 ? null : new(RefusalCode.Missing, "username", "A password belongs to a user name.", "Give the device a user name too.");
        }

        return !IdText.IsValid(userName) ? IdText.Refuse("username")
            : password.Length is 0 or (>= ApiLimits.PasswordCharsMin and <= ApiLimits.PasswordCharsMax) && !password.Any(char.IsControl) ? null
            : Answers.Malformed(
                "password",
                $"A password has {ApiLimits.PasswordCharsMin} to {ApiLimits.PasswordCharsMax} characters and no control character.",
                "Leave it out to have one made.");
    }

    /// <summary>Whether what is kept of a device is this secret.</summary>
    public bool IsOf(Device device) => Kept.UserName is null
        ? DeviceCredential.Of(device) == Kept
        : device.UserName == Kept.UserName && PasswordHash.Verify(Password, device.TokenHash);
}
