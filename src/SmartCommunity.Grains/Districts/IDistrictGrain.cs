using SmartCommunity.Domain.Alarms;
using SmartCommunity.Domain.Commands;
using SmartCommunity.Domain.Devices;
using SmartCommunity.Domain.Districts;
using SmartCommunity.Domain.Refusals;

namespace SmartCommunity.Grains.Districts;

/// <summary>One district: settings, catalogue (profiles, rules), API keys. Key: <c>340104</c>. Stream: <c>district</c>.</summary>
[Alias("sc.IDistrictGrain"), GrainInterfaceType("sc.district")]
public interface IDistrictGrain : IGrainWithStringKey
{
    /// <summary>Creates or changes the district. Refuses an unknown time zone.</summary>
    [Alias("Define")]
    Task<Outcome<District>> Define(District district, WriteCondition condition, CommandContext context);

    [Alias("DefineProfile")]
    Task<Outcome<DeviceProfile>> DefineProfile(DeviceProfile profile, WriteCondition condition, CommandContext context);

    /// <summary>Refuses a rule on a metric that its profile does not have.</summary>
    [Alias("DefineRule")]
    Task<Outcome<AlarmRule>> DefineRule(AlarmRule rule, WriteCondition condition, CommandContext context);

    /// <summary>Makes an API key whose hash is given; the key's text never enters a grain.</summary>
    [Alias("IssueApiKey")]
    Task<Outcome<string>> IssueApiKey(string keyId, string keyHash, string name, CommandContext context);

    [Alias("RevokeApiKey")]
    Task<Outcome<string>> RevokeApiKey(string keyId, CommandContext context);
}
