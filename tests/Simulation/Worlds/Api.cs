using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;
using SmartCommunity.V1;

namespace SmartCommunity.Simulation.Worlds;

/// <summary>The public contract, as a partner app uses it: nothing here knows the product's inside.</summary>
internal sealed class Api : IDisposable
{
    private const int PageSize = 1000;

    private readonly GrpcChannel channel;
    private readonly CallInvoker calls;

    public Api(Uri grpc, string key)
    {
        // A product that was killed may leave a connection that looks alive.
        var handler = new SocketsHttpHandler
        {
            EnableMultipleHttp2Connections = true,
            KeepAlivePingDelay = TimeSpan.FromSeconds(10),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(10),
        };
        channel = GrpcChannel.ForAddress(grpc, new() { MaxReceiveMessageSize = 64 * 1024 * 1024, HttpHandler = handler, DisposeHttpClient = true });
        calls = channel.Intercept(new InTime());
        Key = key;
        Headers = new() { { "x-api-key", key } };
    }

    public string Key { get; }

    public Metadata Headers { get; }

    public DistrictService.DistrictServiceClient Districts => new(calls);

    public AreaService.AreaServiceClient Areas => new(calls);

    public CellService.CellServiceClient Cells => new(calls);

    public BuildingService.BuildingServiceClient Buildings => new(calls);

    public ProfileService.ProfileServiceClient Profiles => new(calls);

    public RuleService.RuleServiceClient Rules => new(calls);

    public DeviceService.DeviceServiceClient Devices => new(calls);

    public DeviceCommandService.DeviceCommandServiceClient Commands => new(calls);

    public EventService.EventServiceClient Events => new(calls);

    public TwinService.TwinServiceClient Twins => new(calls);

    public WebhookService.WebhookServiceClient Webhooks => new(calls);

    public async Task<List<Reading>> ReadingsAsync(string device, CancellationToken cancellation)
    {
        var client = new ReadingService.ReadingServiceClient(calls);
        return await AllAsync(
            async token => await client.ListReadingsAsync(new() { Parent = device, PageSize = PageSize, PageToken = token }, Headers, cancellationToken: cancellation),
            page => (page.Readings, page.NextPageToken));
    }

    public async Task<List<Report>> ReportsAsync(string district, CancellationToken cancellation)
    {
        var client = new ReportService.ReportServiceClient(calls);
        return await AllAsync(
            async token => await client.ListReportsAsync(new() { Parent = district, PageSize = PageSize, PageToken = token }, Headers, cancellationToken: cancellation),
            page => (page.Reports, page.NextPageToken));
    }

    public async Task<List<Alarm>> OpenAlarmsAsync(string district, CancellationToken cancellation)
    {
        var client = new AlarmService.AlarmServiceClient(calls);
        return await AllAsync(
            async token => await client.ListAlarmsAsync(
                new() { Parent = district, PageSize = PageSize, PageToken = token, Status = AlarmStatus.Open }, Headers, cancellationToken: cancellation),
            page => (page.Alarms, page.NextPageToken));
    }

    public async Task<List<QuarantinedMessage>> QuarantineAsync(string district, CancellationToken cancellation)
    {
        var client = new QuarantineService.QuarantineServiceClient(calls);
        return await AllAsync(
            async token => await client.ListQuarantinedMessagesAsync(new() { Parent = district, PageSize = PageSize, PageToken = token }, Headers, cancellationToken: cancellation),
            page => (page.QuarantinedMessages, page.NextPageToken));
    }

    public async Task<List<Device>> DevicesAsync(string district, CancellationToken cancellation) => await AllAsync(
        async token => await Devices.ListDevicesAsync(new() { Parent = district, PageSize = PageSize, PageToken = token }, Headers, cancellationToken: cancellation),
        page => (page.Devices, page.NextPageToken));

    public async Task<List<Building>> BuildingsAsync(string district, CancellationToken cancellation) => await AllAsync(
        async token => await Buildings.ListBuildingsAsync(new() { Parent = district, PageSize = PageSize, PageToken = token }, Headers, cancellationToken: cancellation),
        page => (page.Buildings, page.NextPageToken));

    public async Task<List<Twin>> TwinsAsync(string district, CancellationToken cancellation) => await AllAsync(
        async token => await Twins.ListTwinsAsync(new() { Parent = district, PageSize = PageSize, PageToken = token }, Headers, cancellationToken: cancellation),
        page => (page.Twins, page.NextPageToken));

    public async Task<Rollup> RollupAsync(string name, CancellationToken cancellation) =>
        (await Districts.GetRollupAsync(new() { Name = name }, Headers, cancellationToken: cancellation)).Rollup;

    public async Task<string> StateHashAsync(string district, CancellationToken cancellation) =>
        (await Districts.GetStateHashAsync(new() { Name = district }, Headers, cancellationToken: cancellation)).Hash;

    public void Dispose() => channel.Dispose();

    public static Duration Seconds(long seconds) => Duration.FromTimeSpan(TimeSpan.FromSeconds(seconds));

    private static async Task<List<TItem>> AllAsync<TPage, TItem>(
        Func<string, Task<TPage>> page,
        Func<TPage, (IEnumerable<TItem> Items, string Next)> parts)
    {
        var all = new List<TItem>();
        var token = string.Empty;
        do
        {
            var (items, next) = parts(await page(token));
            all.AddRange(items);
            token = next;
        }
        while (token.Length > 0);
        return all;
    }
}
