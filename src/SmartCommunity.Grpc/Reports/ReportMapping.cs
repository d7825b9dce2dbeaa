using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.Reports;
using SmartCommunity.Grpc.Requests;

namespace SmartCommunity.Grpc.Reports;

internal static class ReportMapping
{
    public static V1.Report ToProto(this Report report, AreaCode district) => new()
    {
        Name = ResourceNames.Of(district, ResourceNames.Reports, report.Id),
        Device = ResourceNames.Of(district, ResourceNames.Devices, report.Device.ToString()),
        ClassCode = report.ClassCode,
        Text = report.Text,
        Channel = report.Channel,
        Location = report.Location.ToProto(),
        Cell = report.Cell?.ToString() ?? string.Empty,
        Reporter = report.Reporter is { } reporter ? new() { DisplayName = reporter.Name, Phone = reporter.Phone } : null,
        Evidence = { report.Evidence.Select(e => new V1.Evidence { Uri = e.Uri, Sha256 = e.Sha256 }) },
        EventTime = report.At.ToProto(),
        ReceiveTime = report.ReceivedAt.ToProto(),
        Place = report.Place,
    };
}
