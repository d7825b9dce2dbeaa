using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;
using SmartCommunity.V1;

namespace SmartCommunity.Cli.Connections;

/// <summary>The server behind its public contract: one channel, one client a service, the key in every call.</summary>
internal sealed class Server : IDisposable
{
    /// <summary>How long one call may take.</summary>
    public static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Largest message either way; an import of 10,000 polygons must fit.</summary>
    public const int MessageBytesMax = 64 * 1024 * 1024;

    /// <summary>How often a call that found no server is tried in all.</summary>
    public const int AttemptsMax = 4;

    private readonly GrpcChannel channel;
    private readonly TimeProvider clock;

    public Server(ConnectionSettings settings, TimeProvider clock)
    {
        this.clock = clock;
        Settings = settings;
        var key = settings.RequiredKey;
        channel = GrpcChannel.ForAddress(settings.Grpc, new() { MaxReceiveMessageSize = MessageBytesMax, MaxSendMessageSize = MessageBytesMax });
        var invoker = channel.Intercept(metadata =>
        {
            metadata.Add("x-api-key", key);
            return metadata;
        });
        Alarms = new(invoker);
        Buildings = new(invoker);
        Cells = new(invoker);
        Devices = new(invoker);
        Districts = new(invoker);
        Events = new(invoker);
        Areas = new(invoker);
        Profiles = new(invoker);
        Quarantine = new(invoker);
        Readings = new(invoker);
        Twins = new(invoker);
        Volunteers = new(invoker);
    }

    public ConnectionSettings Settings { get; }

    public AlarmService.AlarmServiceClient Alarms { get; }

    public BuildingService.BuildingServiceClient Buildings { get; }

    public CellService.CellServiceClient Cells { get; }

    public DeviceService.DeviceServiceClient Devices { get; }

    public DistrictService.DistrictServiceClient Districts { get; }

    public EventService.EventServiceClient Events { get; }

    public AreaService.AreaServiceClient Areas { get; }

    public ProfileService.ProfileServiceClient Profiles { get; }

    public QuarantineService.QuarantineServiceClient Quarantine { get; }

    public ReadingService.ReadingServiceClient Readings { get; }

    public TwinService.TwinServiceClient Twins { get; }

    public VolunteerService.VolunteerServiceClient Volunteers { get; }

    /// <summary><c>districts/340104</c>.</summary>
    public string District => "districts/" + Settings.RequiredDistrict;

    public string DeviceName(string id) => $"{District}/devices/{id}";

    /// <summary>
    /// One unary call with a deadline. When nothing answers it is tried again, at most <see cref="AttemptsMax"/> times: every change carries a request id,
    /// so that a repetition changes nothing.
    /// </summary>
    public async Task<T> CallAsync<T>(Func<CallOptions, AsyncUnaryCall<T>> call, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await call(new CallOptions(deadline: (clock.GetUtcNow() + CallTimeout).UtcDateTime, cancellationToken: cancellation));
            }
            catch (RpcException failure) when (failure.StatusCode == StatusCode.Unavailable && attempt < AttemptsMax)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(150 << attempt), clock, cancellation);
            }
        }
    }

    public void Dispose() => channel.Dispose();
}
