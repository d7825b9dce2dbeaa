using Grpc.Core;
using Orleans;
using SmartCommunity.Domain;
using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.Cells;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Grains;
using SmartCommunity.Grains.Directory;
using SmartCommunity.Grpc.Calls;
using SmartCommunity.Grpc.Refusals;
using SmartCommunity.Grpc.Requests;

namespace SmartCommunity.Grpc.Areas;

internal sealed class AreaService(IDirectory directory, IGrainFactory grains) : V1.AreaService.AreaServiceBase
{
    private static readonly FieldNames Names = new("areas", ("name", "display_name"));

    public override async Task<V1.NameAreasResponse> NameAreas(V1.NameAreasRequest request, ServerCallContext context)
    {
        var call = EdgeCall.Of(context);
        call.CheckParent(request.Parent);
        RowImport.CheckCount(request.Areas.Count, Limits.AreasPerCallMax, "areas");
        var reader = new RequestReader(call.District);
        var areas = request.Areas.Select((area, i) => ToDomain(area, i, reader)).ToArray();
        var outcome = await grains.Grid(call.District)
            .NameAreas(reader.Finish(areas).OrThrow(), RowImport.Condition(request.DryRun), call.Command)
            .WaitAsync(call.Cancellation);
        return new() { Areas = { outcome.OrThrow(Names).Select(area => ToProto(area, call.District)) } };
    }

    public override async Task<V1.GetAreaResponse> GetArea(V1.GetAreaRequest request, ServerCallContext context)
    {
        var call = EdgeCall.Of(context);
        var code = call.Id<AreaCode>(request.Name, ResourceNames.Areas, "name");
        return new() { Area = ToProto(await directory.FindAsync<AreaName>(call, code.ToString(), "name"), call.District) };
    }

    public override async Task<V1.ListAreasResponse> ListAreas(V1.ListAreasRequest request, ServerCallContext context)
    {
        var call = EdgeCall.Of(context);
        call.CheckParent(request.Parent);
        var page = await directory.PageAsync<AreaName>(call, request.PageSize, request.PageToken, request.Area);
        return new() { Areas = { page.Items.Select(area => ToProto(area, call.District)) }, NextPageToken = page.NextPageToken ?? string.Empty };
    }

    private static V1.Area ToProto(AreaName area, AreaCode district) => new()
    {
        Name = ResourceNames.Of(district, ResourceNames.Areas, area.Code.ToString()),
        DisplayName = area.Name,
        Etag = Etags.Of(area.Revision),
    };

    private static AreaName ToDomain(V1.Area area, int index, RequestReader reader)
    {
        var field = $"areas[{index}].name";
        var code = reader.Reference<AreaCode>(area.Name, ResourceNames.Areas, field);
        return new(reader.Area(code.ToString(), field, AreaLevel.Street, AreaLevel.Community), area.DisplayName, 0);
    }
}
