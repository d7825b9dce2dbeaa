using System.Runtime.CompilerServices;
using Google.Protobuf;
using Grpc.Core;
using SmartCommunity.V1;

namespace SmartCommunity.Client;

/// <summary>Lists as one sequence: pages are fetched as they are needed. The request's <c>page_size</c> is the size of one page, not of the whole.</summary>
public static class Paging
{
    private const string PageTokenField = "page_token";

    /// <summary>Newest first.</summary>
    public static IAsyncEnumerable<Alarm> ListAllAsync(
        this AlarmService.AlarmServiceClient client, ListAlarmsRequest request, CancellationToken cancellation = default) =>
        AllAsync(request, client.ListAlarmsAsync, page => page.Alarms, page => page.NextPageToken, cancellation);

    /// <summary>Ascending by code.</summary>
    public static IAsyncEnumerable<Area> ListAllAsync(
        this AreaService.AreaServiceClient client, ListAreasRequest request, CancellationToken cancellation = default) =>
        AllAsync(request, client.ListAreasAsync, page => page.Areas, page => page.NextPageToken, cancellation);

    /// <summary>Ascending by id.</summary>
    public static IAsyncEnumerable<Building> ListAllAsync(
        this BuildingService.BuildingServiceClient client, ListBuildingsRequest request, CancellationToken cancellation = default) =>
        AllAsync(request, client.ListBuildingsAsync, page => page.Buildings, page => page.NextPageToken, cancellation);

    /// <summary>Ascending by code.</summary>
    public static IAsyncEnumerable<Cell> ListAllAsync(
        this CellService.CellServiceClient client, ListCellsRequest request, CancellationToken cancellation = default) =>
        AllAsync(request, client.ListCellsAsync, page => page.Cells, page => page.NextPageToken, cancellation);

    /// <summary>Ascending by id.</summary>
    public static IAsyncEnumerable<Device> ListAllAsync(
        this DeviceService.DeviceServiceClient client, ListDevicesRequest request, CancellationToken cancellation = default) =>
        AllAsync(request, client.ListDevicesAsync, page => page.Devices, page => page.NextPageToken, cancellation);

    /// <summary>Last changed first.</summary>
    public static IAsyncEnumerable<DeviceCommand> ListAllAsync(
        this DeviceCommandService.DeviceCommandServiceClient client, ListDeviceCommandsRequest request, CancellationToken cancellation = default) =>
        AllAsync(request, client.ListDeviceCommandsAsync, page => page.Commands, page => page.NextPageToken, cancellation);

    /// <summary>Ascending by code.</summary>
    public static IAsyncEnumerable<District> ListAllAsync(
        this DistrictService.DistrictServiceClient client, ListDistrictsRequest request, CancellationToken cancellation = default) =>
        AllAsync(request, client.ListDistrictsAsync, page => page.Districts, page => page.NextPageToken, cancellation);

    /// <summary>Ascending by id.</summary>
    public static IAsyncEnumerable<OrgUnit> ListAllAsync(
        this OrgUnitService.OrgUnitServiceClient client, ListOrgUnitsRequest request, CancellationToken cancellation = default) =>
        AllAsync(request, client.ListOrgUnitsAsync, page => page.OrgUnits, page => page.NextPageToken, cancellation);

    /// <summary>Ascending by id.</summary>
    public static IAsyncEnumerable<Profile> ListAllAsync(
        this ProfileService.ProfileServiceClient client, ListProfilesRequest request, CancellationToken cancellation = default) =>
        AllAsync(request, client.ListProfilesAsync, page => page.Profiles, page => page.NextPageToken, cancellation);

    /// <summary>Newest first.</summary>
    public static IAsyncEnumerable<QuarantinedMessage> ListAllAsync(
        this QuarantineService.QuarantineServiceClient client, ListQuarantinedMessagesRequest request, CancellationToken cancellation = default) =>
        AllAsync(request, client.ListQuarantinedMessagesAsync, page => page.QuarantinedMessages, page => page.NextPageToken, cancellation);

    /// <summary>In the order that the contract gives.</summary>
    public static IAsyncEnumerable<Reading> ListAllAsync(
        this ReadingService.ReadingServiceClient client, ListReadingsRequest request, CancellationToken cancellation = default) =>
        AllAsync(request, client.ListReadingsAsync, page => page.Readings, page => page.NextPageToken, cancellation);

    /// <summary>Newest first.</summary>
    public static IAsyncEnumerable<Report> ListAllAsync(
        this ReportService.ReportServiceClient client, ListReportsRequest request, CancellationToken cancellation = default) =>
        AllAsync(request, client.ListReportsAsync, page => page.Reports, page => page.NextPageToken, cancellation);

    /// <summary>Ascending by id.</summary>
    public static IAsyncEnumerable<Rule> ListAllAsync(
        this RuleService.RuleServiceClient client, ListRulesRequest request, CancellationToken cancellation = default) =>
        AllAsync(request, client.ListRulesAsync, page => page.Rules, page => page.NextPageToken, cancellation);

    /// <summary>Buildings by id, then cells by code.</summary>
    public static IAsyncEnumerable<Twin> ListAllAsync(
        this TwinService.TwinServiceClient client, ListTwinsRequest request, CancellationToken cancellation = default) =>
        AllAsync(request, client.ListTwinsAsync, page => page.Twins, page => page.NextPageToken, cancellation);

    /// <summary>Ascending by id.</summary>
    public static IAsyncEnumerable<Volunteer> ListAllAsync(
        this VolunteerService.VolunteerServiceClient client, ListVolunteersRequest request, CancellationToken cancellation = default) =>
        AllAsync(request, client.ListVolunteersAsync, page => page.Volunteers, page => page.NextPageToken, cancellation);

    /// <summary>Newest first.</summary>
    public static IAsyncEnumerable<Backup> ListAllAsync(
        this BackupService.BackupServiceClient client, ListBackupsRequest request, CancellationToken cancellation = default) =>
        AllAsync(request, client.ListBackupsAsync, page => page.Backups, page => page.NextPageToken, cancellation);

    /// <summary>Ascending by id.</summary>
    public static IAsyncEnumerable<Webhook> ListAllAsync(
        this WebhookService.WebhookServiceClient client, ListWebhooksRequest request, CancellationToken cancellation = default) =>
        AllAsync(request, client.ListWebhooksAsync, page => page.Webhooks, page => page.NextPageToken, cancellation);

    private static async IAsyncEnumerable<TRow> AllAsync<TRequest, TPage, TRow>(
        TRequest request,
        Func<TRequest, CallOptions, AsyncUnaryCall<TPage>> list,
        Func<TPage, IEnumerable<TRow>> rows,
        Func<TPage, string> nextToken,
        [EnumeratorCancellation] CancellationToken cancellation)
        where TRequest : IMessage, IDeepCloneable<TRequest>
    {
        // A copy: the caller's request stays the request of the first page.
        var next = request.Clone();
        var token = next.Descriptor.FindFieldByName(PageTokenField).Accessor;
        do
        {
            var page = await list(next, new(cancellationToken: cancellation));
            foreach (var row in rows(page))
            {
                yield return row;
            }

            token.SetValue(next, nextToken(page));
        }
        while (token.GetValue(next) is string { Length: > 0 });
    }
}
