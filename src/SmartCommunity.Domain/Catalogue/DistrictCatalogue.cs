using System.Collections.Frozen;
using SmartCommunity.Domain.Alarms;
using SmartCommunity.Domain.Devices;
using SmartCommunity.Domain.Ids;

namespace SmartCommunity.Domain.Catalogue;

/// <summary>What a twin needs to judge a message: the district's profiles, rules and time zone. An immutable snapshot; a change makes a new one.</summary>
public sealed class DistrictCatalogue(TimeZoneInfo zone, IEnumerable<DeviceProfile> profiles, IEnumerable<AlarmRule> rules)
{
    private readonly FrozenDictionary<ProfileId, DeviceProfile> byId = profiles.ToFrozenDictionary(p => p.Id);

    private readonly FrozenDictionary<ProfileId, AlarmRule[]> byProfile = rules
        .Where(r => r.Enabled)
        .GroupBy(r => r.Profile)
        .ToFrozenDictionary(g => g.Key, g => g.OrderBy(r => r.Id.ToString(), StringComparer.Ordinal).ToArray());

    /// <summary>The district's own time zone.</summary>
    public TimeZoneInfo Zone { get; } = zone;

    public DeviceProfile? Profile(ProfileId id) => byId.GetValueOrDefault(id);

    /// <summary>The enabled rules of a profile, in the order of their ids.</summary>
    public AlarmRule[] RulesOf(ProfileId id) => byProfile.GetValueOrDefault(id) ?? [];
}
