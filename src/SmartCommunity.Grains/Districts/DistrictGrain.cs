using SmartCommunity.Domain;
using SmartCommunity.Domain.Alarms;
using SmartCommunity.Domain.Commands;
using SmartCommunity.Domain.Devices;
using SmartCommunity.Domain.Districts;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Grains.Streams;

namespace SmartCommunity.Grains.Districts;

/// <summary>Its stream is short (settings and catalogue change by hand), so it is read whole and has no snapshot.</summary>
[GrainType("sc.district")]
internal sealed class DistrictGrain(
    [PersistentState(StateNames.District, StateNames.Storage)] IPersistentState<StreamSnapshot> stored,
    StreamRoom room) : EventGrain<DistrictState>(stored, room), IDistrictGrain
{
    public async Task<Outcome<District>> Define(District district, WriteCondition condition, CommandContext context)
    {
        var outcome = await HandleAsync("district.Define", (district, condition), context, state => district.Code.ToString() == Stream.District
            ? DistrictDecider.Define(state, district, condition, context)
            : new Refusal(RefusalCode.Malformed, "code", "The code in the record is not the code in its name.", "Use one code in both places."));
        if (!outcome.IsRefused && State.District is { } open)
        {
            await GrainFactory.Sweeper(open.Code).Start();
        }

        return outcome;
    }

    public Task<Outcome<DeviceProfile>> DefineProfile(DeviceProfile profile, WriteCondition condition, CommandContext context) => HandleAsync(
        "district.DefineProfile",
        (profile, condition),
        context,
        state => DistrictDecider.DefineProfile(state, profile, condition, context));

    public Task<Outcome<AlarmRule>> DefineRule(AlarmRule rule, WriteCondition condition, CommandContext context) => HandleAsync(
        "district.DefineRule",
        (rule, condition),
        context,
        state => DistrictDecider.DefineRule(state, rule, condition, context));

    public Task<Outcome<string>> IssueApiKey(string keyId, string keyHash, string name, CommandContext context) => HandleAsync(
        "district.IssueApiKey",
        (keyId, keyHash, name),
        context,
        state => Task.FromResult(DistrictDecider.IssueApiKey(state, keyId, keyHash, name, context)),
        key => key.KeyId);

    public Task<Outcome<string>> RevokeApiKey(string keyId, CommandContext context) => HandleAsync(
        "district.RevokeApiKey",
        keyId,
        context,
        state => Task.FromResult(DistrictDecider.RevokeApiKey(state, keyId, context)),
        key => key.KeyId);

    protected override DistrictState Empty() => DistrictState.Empty;

    protected override DistrictState Evolve(DistrictState before, DomainEvent happened, long atMs, long recordedMs) => DistrictDecider.Evolve(before, happened);

    protected override byte[] Write(DistrictState current) => [];

    protected override bool TryRead(byte[] snapshot, out DistrictState read)
    {
        read = DistrictState.Empty;
        return false;
    }
}
