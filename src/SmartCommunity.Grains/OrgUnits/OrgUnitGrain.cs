using SmartCommunity.Domain;
using SmartCommunity.Domain.Commands;
using SmartCommunity.Domain.OrgUnits;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Domain.Wire;
using SmartCommunity.Grains.Directory;
using SmartCommunity.Grains.Streams;

namespace SmartCommunity.Grains.OrgUnits;

[GrainType("sc.org-unit")]
internal sealed class OrgUnitGrain(
    [PersistentState(StateNames.OrgUnit, StateNames.Storage)] IPersistentState<StreamSnapshot> stored,
    StreamRoom room,
    IDirectory directory) : EventGrain<OrgUnit?>(stored, room), IOrgUnitGrain
{
    public Task<Outcome<OrgUnit>> Define(OrgUnit unit, WriteCondition condition, CommandContext context) => HandleAsync(
        "org-unit.Define",
        (unit, condition),
        context,
        async state =>
        {
            if (KeyCheck.Named(Stream, "orgs", unit.Id.ToString(), "org_unit_id") is { } refusal)
            {
                return refusal;
            }

            var parent = unit.Parent is { } id ? await directory.GetAsync<OrgUnit>(Stream.District, id.ToString(), CancellationToken.None) : null;
            return OrgUnitDecider.Define(state, unit, parent, GrainKeys.DistrictOf(Stream.District), condition, context);
        });

    protected override OrgUnit? Empty() => null;

    protected override OrgUnit? Evolve(OrgUnit? before, DomainEvent happened, long atMs, long recordedMs) => OrgUnitDecider.Evolve(before, happened);

    protected override byte[] Write(OrgUnit? current) => current is null ? [] : RecordCodec.Encode(current);

    protected override bool TryRead(byte[] snapshot, out OrgUnit? read)
    {
        read = RecordCodec.Decode<OrgUnit>(snapshot);
        return true;
    }
}
