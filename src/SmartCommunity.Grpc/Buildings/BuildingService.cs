using Grpc.Core;
using Orleans;
using SmartCommunity.Domain.Commands;
using SmartCommunity.Domain.Buildings;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Grains;
using SmartCommunity.Grains.Directory;
using SmartCommunity.Grpc.Calls;
using SmartCommunity.Grpc.Refusals;
using SmartCommunity.Grpc.Requests;

namespace SmartCommunity.Grpc.Buildings;

internal sealed class BuildingService(IDirectory directory, IGrainFactory grains) : V1.BuildingService.BuildingServiceBase
{
    public override async Task<V1.CreateBuildingResponse> CreateBuilding(V1.CreateBuildingRequest request, ServerCallContext context)
    {
        var call = EdgeCall.Of(context);
        call.CheckParent(request.Parent);
        var id = call.NewId<BuildingId>(request.BuildingId, "building_id");
        var wanted = NamedRequests.Record(request.Building, "building").ToDomain(call.District, id).OrThrow(BuildingMapping.Names);
        var outcome = await grains.Building(call.District, id).Define(wanted, WriteCondition.Create, call.Command).WaitAsync(call.Cancellation);
        return new() { Building = outcome.OrThrow(BuildingMapping.Names).ToProto(call.District) };
    }

    public override async Task<V1.GetBuildingResponse> GetBuilding(V1.GetBuildingRequest request, ServerCallContext context)
    {
        var call = EdgeCall.Of(context);
        var id = call.Id<BuildingId>(request.Name, ResourceNames.Buildings, "name");
        return new() { Building = (await directory.FindAsync<Building>(call, id.ToString(), "name")).ToProto(call.District) };
    }

    public override async Task<V1.ListBuildingsResponse> ListBuildings(V1.ListBuildingsRequest request, ServerCallContext context)
    {
        var call = EdgeCall.Of(context);
        call.CheckParent(request.Parent);
        var page = await directory.PageAsync<Building>(call, request.PageSize, request.PageToken, request.Area);
        return new() { Buildings = { page.Items.Select(item => item.ToProto(call.District)) }, NextPageToken = page.NextPageToken ?? string.Empty };
    }

    public override async Task<V1.UpdateBuildingResponse> UpdateBuilding(V1.UpdateBuildingRequest request, ServerCallContext context)
    {
        var call = EdgeCall.Of(context);
        var id = call.Id<BuildingId>(request.Building.Name, ResourceNames.Buildings, "building.name");
        var outcome = await Revisions.ReviseAsync(
            call.Revision(request.Building.Etag, "building.etag"),
            () => directory.FindAsync<Building>(call, id.ToString(), "building.name"),
            current => UpdateMask.Apply(current.ToProto(call.District), request.Building, request.UpdateMask, BuildingMapping.Changeable)
                .Then(changed => changed.ToDomain(call.District, id)),
            current => current.Revision,
            (changed, condition) => grains.Building(call.District, id).Define(changed, condition, call.Command).WaitAsync(call.Cancellation));
        return new() { Building = outcome.OrThrow(BuildingMapping.Names).ToProto(call.District) };
    }

    public override async Task<V1.ImportBuildingsResponse> ImportBuildings(V1.ImportBuildingsRequest request, ServerCallContext context)
    {
        var call = EdgeCall.Of(context);
        call.CheckParent(request.Parent);
        var summary = await RowImport.RunAsync(
            request.Rows,
            row => (row.Row, row.BuildingId),
            "building_id",
            request.DryRun,
            BuildingMapping.Names,
            (row, index) => WriteAsync(call, row, index, request.DryRun),
            call.Cancellation);
        return new() { Summary = summary };
    }

    private async Task<Outcome<RowAnswer>> WriteAsync(EdgeCall call, V1.BuildingRow row, int index, bool dryRun)
    {
        var reader = new RequestReader(call.District);
        var id = reader.Id<BuildingId>(row.BuildingId, "building_id");
        var wanted = reader.Finish(row.Building ?? new()).Then(record => record.ToDomain(call.District, id));
        if (wanted.IsRefused)
        {
            return wanted.Refusal;
        }

        var before = await directory.GetAsync<Building>(call.DistrictCode, id.ToString(), call.Cancellation);
        var context = call.Row(index, RequestFields.Fingerprint("ImportBuildings", row));
        var outcome = await grains.Building(call.District, id).Define(wanted.Value, RowImport.Condition(dryRun), context).WaitAsync(call.Cancellation);
        return outcome.Then<Building, RowAnswer>(after => new RowAnswer(RowAnswer.FateOf(before?.Revision, after.Revision)));
    }
}
