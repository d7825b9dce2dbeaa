using System.Runtime.CompilerServices;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.Extensions.Options;
using SmartCommunity.Client.Calls;
using SmartCommunity.Client.Watching;
using SmartCommunity.V1;

namespace SmartCommunity.Client;

/// <summary>
/// One district of the platform. Every call carries the key and a deadline; a change also a request id, so that it is sent again without harm while the platform
/// cannot take it. A call that fails throws <see cref="SmartCommunityException"/>. Safe for many callers at once.
/// </summary>
public sealed class SmartCommunityClient
{
    private readonly SmartCommunityOptions options;
    private readonly TimeProvider clock;

    /// <summary>Over any invoker, for example that of a channel of your own; a container makes it through <see cref="SmartCommunityServices.AddSmartCommunity"/>.</summary>
    public SmartCommunityClient(CallInvoker invoker, IOptions<SmartCommunityOptions> options, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(clock);
        this.options = options.Value;
        this.clock = clock;
        Invoker = invoker.Intercept(new CallInterceptor(this.options, clock));
        (Alarms, Areas, Buildings, Cells, Devices) = (new(Invoker), new(Invoker), new(Invoker), new(Invoker), new(Invoker));
        (Districts, Events, OrgUnits, Profiles, Quarantine) = (new(Invoker), new(Invoker), new(Invoker), new(Invoker), new(Invoker));
        (Readings, Reports, Rules, Twins, Volunteers) = (new(Invoker), new(Invoker), new(Invoker), new(Invoker), new(Invoker));
        Backups = new(Invoker);
        Commands = new(Invoker);
        Webhooks = new(Invoker);
    }

    /// <summary>Name of the district, <c>districts/340104</c>: the parent of all its records.</summary>
    public string Parent => $"districts/{options.District}";

    /// <summary>For clients of services that are not listed here; calls through it are treated like all others.</summary>
    public CallInvoker Invoker { get; }

    /// <summary>Alarms: get, list, acknowledge, close.</summary>
    public AlarmService.AlarmServiceClient Alarms { get; }

    /// <summary>Streets and communities by name.</summary>
    public AreaService.AreaServiceClient Areas { get; }

    /// <summary>How the server is (any key), and backups of its whole store (the operator's key).</summary>
    public BackupService.BackupServiceClient Backups { get; }

    /// <summary>Buildings.</summary>
    public BuildingService.BuildingServiceClient Buildings { get; }

    /// <summary>Grid cells and their outlines.</summary>
    public CellService.CellServiceClient Cells { get; }

    /// <summary>Field devices and their tokens.</summary>
    public DeviceService.DeviceServiceClient Devices { get; }

    /// <summary>Commands to devices: issue, get, list, cancel.</summary>
    public DeviceCommandService.DeviceCommandServiceClient Commands { get; }

    /// <summary>The district itself, its counters and keys.</summary>
    public DistrictService.DistrictServiceClient Districts { get; }

    /// <summary>The live feed as single streams; <see cref="WatchAsync"/> is the one that resumes by itself.</summary>
    public EventService.EventServiceClient Events { get; }

    /// <summary>Three-tier units.</summary>
    public OrgUnitService.OrgUnitServiceClient OrgUnits { get; }

    /// <summary>Kinds of devices.</summary>
    public ProfileService.ProfileServiceClient Profiles { get; }

    /// <summary>Messages that were not taken, each with its reason.</summary>
    public QuarantineService.QuarantineServiceClient Quarantine { get; }

    /// <summary>Sensor values, as they came or downsampled.</summary>
    public ReadingService.ReadingServiceClient Readings { get; }

    /// <summary>People's reports.</summary>
    public ReportService.ReportServiceClient Reports { get; }

    /// <summary>What raises alarms.</summary>
    public RuleService.RuleServiceClient Rules { get; }

    /// <summary>Buildings and cells with their devices' latest values, now or at an instant.</summary>
    public TwinService.TwinServiceClient Twins { get; }

    /// <summary>Volunteers and their presence.</summary>
    public VolunteerService.VolunteerServiceClient Volunteers { get; }

    /// <summary>Servers that the events are sent to.</summary>
    public WebhookService.WebhookServiceClient Webhooks { get; }

    /// <summary>
    /// What happens in the district, in order, without end: over lost connections and restarts of the platform it goes on after the last event, without gap or
    /// repeat. Store <see cref="Event.Cursor"/> with the effect of each event and give it back as <paramref name="fromCursor"/> to go on in another process.
    /// </summary>
    /// <param name="area">Code of an area (6, 9, 12 or 15 digits): only what happens in it. Empty for all.</param>
    /// <param name="kinds">Only these kinds; null or empty for all.</param>
    /// <param name="fromCursor">Cursor of the last event that was handled; empty for from now on; <c>0</c> for from the beginning.</param>
    /// <param name="broken">Told of every lost connection; throwing from it ends the watch.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="SmartCommunityException">
    /// What does not pass by itself: a key that was revoked, a wrong area, or with reason <c>BAD_CURSOR</c> a cursor that this store never gave, for example from
    /// before a restore. Its way out says from where to begin again.
    /// </exception>
    public async IAsyncEnumerable<Event> WatchAsync(
        string area = "",
        IEnumerable<EventKind>? kinds = null,
        string fromCursor = "",
        Action<WatchBreak>? broken = null,
        [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await foreach (var batch in WatchBatchesAsync(area, kinds, fromCursor, broken, cancellation))
        {
            foreach (var told in batch.Events)
            {
                yield return told;
            }
        }
    }

    /// <summary>
    /// The same as <see cref="WatchAsync"/>, response by response: for effects that are stored together, and to learn from heartbeats (responses without events) of a
    /// cursor that moves on though nothing happens.
    /// </summary>
    public IAsyncEnumerable<WatchEventsResponse> WatchBatchesAsync(
        string area = "",
        IEnumerable<EventKind>? kinds = null,
        string fromCursor = "",
        Action<WatchBreak>? broken = null,
        CancellationToken cancellation = default) =>
        new EventWatch(Events, options, clock, broken).ReadAsync(
            new() { Parent = Parent, Area = area, Cursor = fromCursor, Kinds = { kinds ?? [] } }, cancellation);
}
