using SmartCommunity.Domain.Alarms;
using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.Commands;
using SmartCommunity.Domain.Devices;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Domain.Views;
using SmartCommunity.Domain.Wire;

namespace SmartCommunity.Domain.Districts;

/// <summary>Decides on a district's settings, profiles, rules and API keys.</summary>
public static class DistrictDecider
{
    public static Outcome<Decision<District>> Define(DistrictState state, District district, WriteCondition condition, CommandContext context)
    {
        var current = state.District;
        var refusal = Check.Condition(condition, current?.Revision, "district") ?? Judge(district);
        if (refusal is not null)
        {
            return refusal;
        }

        var wanted = district with { Revision = (current?.Revision ?? 0) + 1 };
        if (current is not null && wanted == current with { Revision = wanted.Revision })
        {
            return new Decision<District>(current);
        }

        var decision = new Decision<District>(wanted);
        if (!condition.DryRun)
        {
            decision.Happened(current is null ? new DistrictOpened(wanted) : new DistrictChanged(wanted), wanted.Code, context);
            decision.Effects.Rows.Add(new(ViewKinds.District, wanted.Code.ToString(), wanted.Code.ToString(), ViewStatus.None, wanted));
        }

        return decision;
    }

    public static Outcome<Decision<DeviceProfile>> DefineProfile(
        DistrictState state, DeviceProfile profile, WriteCondition condition, CommandContext context)
    {
        if (state.District is not { } district)
        {
            return Check.NotFound("district");
        }

        var current = state.Profiles.GetValueOrDefault(profile.Id);
        var refusal = Check.Condition(condition, current?.Revision, "profile")
            ?? ProfileCheck.Judge(profile, state.Rules.Values)
            ?? (current is null ? Check.Count(state.Profiles.Count + 1, Limits.ProfilesMax, "profiles") : null);
        if (refusal is not null)
        {
            return refusal;
        }

        var wanted = profile with { Revision = (current?.Revision ?? 0) + 1 };
        if (current is not null && RecordCodec.Same(wanted, current with { Revision = wanted.Revision }))
        {
            return new Decision<DeviceProfile>(current);
        }

        var decision = new Decision<DeviceProfile>(wanted);
        if (!condition.DryRun)
        {
            decision.Happened(new ProfileDefined(wanted), district.Code, context);
            decision.Effects.Rows.Add(new(ViewKinds.Profile, wanted.Id.ToString(), district.Code.ToString(), ViewStatus.None, wanted));
        }

        return decision;
    }

    /// <summary>Refuses a rule on a metric that its profile does not have.</summary>
    public static Outcome<Decision<AlarmRule>> DefineRule(DistrictState state, AlarmRule rule, WriteCondition condition, CommandContext context)
    {
        if (state.District is not { } district)
        {
            return Check.NotFound("district");
        }

        var current = state.Rules.GetValueOrDefault(rule.Id);
        var refusal = Check.Condition(condition, current?.Revision, "rule")
            ?? RuleCheck.Judge(rule, state.Profiles.GetValueOrDefault(rule.Profile), current)
            ?? (current is null ? Check.Count(state.Rules.Count + 1, Limits.RulesMax, "rules") : null);
        if (refusal is not null)
        {
            return refusal;
        }

        var wanted = rule with { Revision = (current?.Revision ?? 0) + 1 };
        if (current is not null && RecordCodec.Same(wanted, current with { Revision = wanted.Revision }))
        {
            return new Decision<AlarmRule>(current);
        }

        var decision = new Decision<AlarmRule>(wanted);
        if (!condition.DryRun)
        {
            decision.Happened(new RuleDefined(wanted), district.Code, context);
            decision.Effects.Rows.Add(new(ViewKinds.Rule, wanted.Id.ToString(), district.Code.ToString(), ViewStatus.None, wanted));
        }

        return decision;
    }

    /// <param name="keyHash">SHA-256 of the key, lower-case hex.</param>
    public static Outcome<Decision<ApiKey>> IssueApiKey(DistrictState state, string keyId, string keyHash, string name, CommandContext context)
    {
        if (state.District is not { } district)
        {
            return Check.NotFound("district");
        }

        if (state.ApiKeys.TryGetValue(keyId, out var current))
        {
            return current.KeyHash == keyHash && !current.Revoked
                ? new Decision<ApiKey>(current)
                : new Refusal(RefusalCode.AlreadyExists, "key_id", "The key id is taken.", "Choose another.");
        }

        var refusal = (IdText.IsValid(keyId) ? null : IdText.Refuse("key_id"))
            ?? HashText.Judge(keyHash, "key_hash")
            ?? Check.Text(name, "name")
            ?? Check.Count(state.ApiKeys.Count + 1, Limits.ApiKeysMax, "api_keys");
        if (refusal is not null)
        {
            return refusal;
        }

        var key = new ApiKey(keyId, keyHash, name, Revoked: false);
        var decision = new Decision<ApiKey>(key);
        decision.Happened(new ApiKeyIssued(keyId, keyHash, name), district.Code, context);
        decision.Effects.Rows.Add(new(ViewKinds.ApiKey, keyId, district.Code.ToString(), ViewStatus.Active, key));
        decision.Effects.Lookups.Add(new(LookupScopes.ApiKey, keyHash, ViewKinds.ApiKey, keyId));
        return decision;
    }

    public static Outcome<Decision<ApiKey>> RevokeApiKey(DistrictState state, string keyId, CommandContext context)
    {
        if (state.District is not { } district || !state.ApiKeys.TryGetValue(keyId, out var key))
        {
            return Check.NotFound("API key");
        }

        if (key.Revoked)
        {
            return new Decision<ApiKey>(key);
        }

        var decision = new Decision<ApiKey>(key with { Revoked = true });
        decision.Happened(new ApiKeyRevoked(keyId), district.Code, context);
        decision.Effects.Rows.Add(new(ViewKinds.ApiKey, keyId, district.Code.ToString(), ViewStatus.Revoked, decision.Result));
        decision.Effects.Lookups.Add(new(LookupScopes.ApiKey, key.KeyHash, null, null));
        return decision;
    }

    public static DistrictState Evolve(DistrictState state, DomainEvent happened) => happened switch
    {
        DistrictOpened e => state with { District = e.District },
        DistrictChanged e => state with { District = e.District },
        ProfileDefined e => state with { Profiles = state.Profiles.SetItem(e.Profile.Id, e.Profile) },
        RuleDefined e => state with { Rules = state.Rules.SetItem(e.Rule.Id, e.Rule) },
        ApiKeyIssued e => state with { ApiKeys = state.ApiKeys.SetItem(e.KeyId, new(e.KeyId, e.KeyHash, e.Name, Revoked: false)) },
        ApiKeyRevoked e => state with { ApiKeys = state.ApiKeys.SetItem(e.KeyId, state.ApiKeys[e.KeyId] with { Revoked = true }) },
        _ => throw new ArgumentException($"{happened.GetType().Name} does not belong to a district.", nameof(happened)),
    };

    private static Refusal? Judge(District district)
    {
        if (district.Code.Level != AreaLevel.District)
        {
            return new(RefusalCode.Malformed, "code", "A district's code has six digits and does not begin with 0.", "Use the code of GB/T 2260.");
        }

        if (!TimeZoneInfo.TryFindSystemTimeZoneById(district.TimeZone ?? string.Empty, out _))
        {
            return new(RefusalCode.Malformed, "time_zone", "The time zone is not known.", "Use an IANA name such as Asia/Shanghai.");
        }

        return Check.Text(district.Name, "name") ?? (district.Centre is { } centre ? GeoCheck.Judge(centre, "centre") : null);
    }
}
