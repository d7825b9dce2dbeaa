using Grpc.Core;
using Orleans;
using SmartCommunity.Domain.Commands;
using SmartCommunity.Domain.OrgUnits;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Grains;
using SmartCommunity.Grains.Directory;
using SmartCommunity.Grpc.Calls;
using SmartCommunity.Grpc.Refusals;
using SmartCommunity.Grpc.Requests;

namespace SmartCommunity.Grpc.OrgUnits;

internal sealed class OrgUnitService(IDirectory directory, IGrainFactory grains) : V1.OrgUnitService.OrgUnitServiceBase
{
    public override async Task<V1.CreateOrgUnitResponse> CreateOrgUnit(V1.CreateOrgUnitRequest request, ServerCallContext context)
    {
        var call = EdgeCall.Of(context);
        call.CheckParent(request.Parent);
        var id = call.NewId<OrgUnitId>(request.OrgUnitId, "org_unit_id");
        var wanted = NamedRequests.Record(request.OrgUnit, "org_unit").ToDomain(call.District, id).OrThrow(OrgUnitMapping.Names);
        var outcome = await grains.OrgUnit(call.District, id).Define(wanted, WriteCondition.Create, call.Command).WaitAsync(call.Cancellation);
        return new() { OrgUnit = outcome.OrThrow(OrgUnitMapping.Names).ToProto(call.District) };
    }

    public override async Task<V1.GetOrgUnitResponse> GetOrgUnit(V1.GetOrgUnitRequest request, ServerCallContext context)
    {
        var call = EdgeCall.Of(context);
        var id = call.Id<OrgUnitId>(request.Name, ResourceNames.OrgUnits, "name");
        return new() { OrgUnit = (await directory.FindAsync<OrgUnit>(call, id.ToString(), "name")).ToProto(call.District) };
    }

    public override async Task<V1.ListOrgUnitsResponse> ListOrgUnits(V1.ListOrgUnitsRequest request, ServerCallContext context)
    {
        var call = EdgeCall.Of(context);
        call.CheckParent(request.Parent);
        var page = await directory.PageAsync<OrgUnit>(call, request.PageSize, request.PageToken, request.Area);
        return new() { OrgUnits = { page.Items.Select(item => item.ToProto(call.District)) }, NextPageToken = page.NextPageToken ?? string.Empty };
    }

    public override async Task<V1.UpdateOrgUnitResponse> UpdateOrgUnit(V1.UpdateOrgUnitRequest request, ServerCallContext context)
    {
        var call = EdgeCall.Of(context);
        var id = call.Id<OrgUnitId>(request.OrgUnit.Name, ResourceNames.OrgUnits, "org_unit.name");
        var outcome = await Revisions.ReviseAsync(
            call.Revision(request.OrgUnit.Etag, "org_unit.etag"),
            () => directory.FindAsync<OrgUnit>(call, id.ToString(), "org_unit.name"),
            current => UpdateMask.Apply(current.ToProto(call.District), request.OrgUnit, request.UpdateMask, OrgUnitMapping.Changeable)
                .Then(changed => changed.ToDomain(call.District, id)),
            current => current.Revision,
            (changed, condition) => grains.OrgUnit(call.District, id).Define(changed, condition, call.Command).WaitAsync(call.Cancellation));
        return new() { OrgUnit = outcome.OrThrow(OrgUnitMapping.Names).ToProto(call.District) };
    }
}
