using Orleans;
using SmartCommunity.Domain.Commands;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Domain.Views;

namespace SmartCommunity.Domain.Devices;

/// <summary>What a device shows at CONNECT: a token, or a user name with a password. The secret itself never gets past the edge.</summary>
/// <param name="Hash">Of a token: its SHA-256. With a user name: see <see cref="PasswordHash"/>.</param>
/// <param name="UserName">Unique in the cluster, since a CONNECT names no district; null for a token.</param>
[GenerateSerializer, Immutable, Alias("sc.DeviceCredential")]
public sealed record DeviceCredential([property: Id(0)] string Hash, [property: Id(1)] string? UserName = null)
{
    public static DeviceCredential Of(Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        return new(device.TokenHash, device.UserName);
    }

    internal Refusal? Judge() => UserName is null ? HashText.Judge(Hash, "token_hash")
        : !IdText.IsValid(UserName) ? IdText.Refuse("username")
        : PasswordHash.IsWellFormed(Hash) ? null
        : new(RefusalCode.Malformed, "password", "The stored form of a password is salted and stretched.", "Hash the password; the password itself is never stored.");

    /// <summary>Where the device is found by it.</summary>
    internal LookupEntry Held(DeviceId device) => Entry(ViewKinds.Device, device.ToString());

    /// <summary>The same look-up, given up.</summary>
    internal LookupEntry Released() => Entry(null, null);

    private LookupEntry Entry(string? kind, string? id) => UserName is { } name
        ? new(LookupScopes.DeviceUser, name, kind, id)
        : new(LookupScopes.DeviceToken, Hash, kind, id);
}
