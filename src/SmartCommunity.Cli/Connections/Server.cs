using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.Options;
using SmartCommunity.Client;
using SmartCommunity.V1;

namespace SmartCommunity.Cli.Connections;

/// <summary>The server behind its public contract: one channel, one client a service, the key in every call.</summary>
internal sealed class Server : IDisposable
{
    /// <summary>How long one call may take: longer than the server's own cap, whose answer says more.</summary>
    public static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(35);

    /// <summary>How long one call of an import may take.</summary>
    public static readonly TimeSpan ImportTimeout = TimeSpan.FromSeconds(125);

    /// <summary>How often a call that found no server is tried in all.</summary>
    public const int AttemptsMax = 4;

    private readonly GrpcChannel channel;
    private readonly TimeProvider clock;

    public Server(ConnectionSettings settings, TimeProvider clock)
    {
        this.clock = clock;
        Settings = settings;
        channel = GrpcChannel.ForAddress(settings.Grpc, new()
        {
            MaxReceiveMessageSize = ClientLimits.MessageBytesMax,
            MaxSendMessageSize = ClientLimits.MessageBytesMax,

            // A machine that lost its power says no farewell: without a ping a watch of it would wait for ever.
            HttpHandler = new SocketsHttpHandler
            {
                EnableMultipleHttp2Connections = true,
                KeepAlivePingDelay = TimeSpan.FromSeconds(ClientLimits.PingAfterSeconds),
                KeepAlivePingTimeout = TimeSpan.FromSeconds(ClientLimits.PingAnswerSecondsMax),
                KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            },
            DisposeHttpClient = true,
        });
        var options = new SmartCommunityOptions
        {
            ApiKey = settings.RequiredKey,
            District = settings.District ?? string.Empty,
            AttemptsMax = AttemptsMax,
        };
        Client = new(channel.CreateCallInvoker(), Options.Create(options), clock);
        var invoker = Client.Invoker;
        Alarms = new(invoker);
        Backups = new(invoker);
        Buildings = new(invoker);
        Cells = new(invoker);
        Devices = new(invoker);
        Commands = new(invoker);
        Districts = new(invoker);
        Events = new(invoker);
        Areas = new(invoker);
        Profiles = new(invoker);
        Quarantine = new(invoker);
        Readings = new(invoker);
        Twins = new(invoker);
        Volunteers = new(invoker);
        Webhooks = new(invoker);
    }

    public ConnectionSettings Settings { get; }

    /// <summary>What partners use: it repeats calls and resumes watches.</summary>
    public SmartCommunityClient Client { get; }

    public AlarmService.AlarmServiceClient Alarms { get; }

    public BackupService.BackupServiceClient Backups { get; }

    public BuildingService.BuildingServiceClient Buildings { get; }

    public CellService.CellServiceClient Cells { get; }

    public DeviceService.DeviceServiceClient Devices { get; }

    public DeviceCommandService.DeviceCommandServiceClient Commands { get; }

    public DistrictService.DistrictServiceClient Districts { get; }

    public EventService.EventServiceClient Events { get; }

    public AreaService.AreaServiceClient Areas { get; }

    public ProfileService.ProfileServiceClient Profiles { get; }

    public QuarantineService.QuarantineServiceClient Quarantine { get; }

    public ReadingService.ReadingServiceClient Readings { get; }

    public TwinService.TwinServiceClient Twins { get; }

    public VolunteerService.VolunteerServiceClient Volunteers { get; }

    public WebhookService.WebhookServiceClient Webhooks { get; }

    /// <summary><c>districts/340104</c>.</summary>
    public string District => "districts/" + Settings.RequiredDistrict;

    public string DeviceName(string id) => $"{District}/devices/{id}";

    public string WebhookName(string id) => $"{District}/webhooks/{id}";

    /// <summary>One unary call, repeated by the client while nothing answers: every change carries a request id, so that a repetition changes nothing.</summary>
    public Task<T> CallAsync<T>(Func<CallOptions, AsyncUnaryCall<T>> call, CancellationToken cancellation) => CallAsync(call, CallTimeout, cancellation);

    /// <summary>The same for an import, which may take longer.</summary>
    public Task<T> ImportAsync<T>(Func<CallOptions, AsyncUnaryCall<T>> call, CancellationToken cancellation) => CallAsync(call, ImportTimeout, cancellation);

    public void Dispose() => channel.Dispose();

    private async Task<T> CallAsync<T>(Func<CallOptions, AsyncUnaryCall<T>> call, TimeSpan timeout, CancellationToken cancellation) =>
        await call(new CallOptions(deadline: (clock.GetUtcNow() + timeout).UtcDateTime, cancellationToken: cancellation));
}
