using System.Collections.Immutable;
using SmartCommunity.Domain.Alarms;
using SmartCommunity.Domain.Devices;
using SmartCommunity.Domain.Ids;

namespace SmartCommunity.Domain.Districts;

/// <summary>An API key as kept: the hash, never the key.</summary>
public sealed record ApiKey(string KeyId, string KeyHash, string Name, bool Revoked);

/// <summary>The fold of the stream <c>district</c>.</summary>
public sealed record DistrictState(
    District? District,
    ImmutableDictionary<ProfileId, DeviceProfile> Profiles,
    ImmutableDictionary<RuleId, AlarmRule> Rules,
    ImmutableDictionary<string, ApiKey> ApiKeys)
{
    public static DistrictState Empty { get; } = new(
        null,
        ImmutableDictionary<ProfileId, DeviceProfile>.Empty,
        ImmutableDictionary<RuleId, AlarmRule>.Empty,
        ImmutableDictionary<string, ApiKey>.Empty);
}
