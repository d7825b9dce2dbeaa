using Grpc.Core;
using SmartCommunity.Domain.Reports;
using SmartCommunity.Grains.Directory;
using SmartCommunity.Grpc.Calls;
using SmartCommunity.Grpc.Requests;

namespace SmartCommunity.Grpc.Reports;

internal sealed class ReportService(IDirectory directory) : V1.ReportService.ReportServiceBase
{
    public override async Task<V1.GetReportResponse> GetReport(V1.GetReportRequest request, ServerCallContext context)
    {
        var call = EdgeCall.Of(context);
        var id = call.TextId(request.Name, ResourceNames.Reports, "name");
        return new() { Report = (await directory.FindAsync<Report>(call, id, "name")).ToProto(call.District) };
    }

    public override async Task<V1.ListReportsResponse> ListReports(V1.ListReportsRequest request, ServerCallContext context)
    {
        var call = EdgeCall.Of(context);
        call.CheckParent(request.Parent);
        var page = await directory.PageAsync<Report>(call, request.PageSize, request.PageToken, request.Area);
        return new() { Reports = { page.Items.Select(item => item.ToProto(call.District)) }, NextPageToken = page.NextPageToken ?? string.Empty };
    }
}
