using Orleans.Concurrency;
using SmartCommunity.Domain.Alarms;
using SmartCommunity.Domain.Buildings;
using SmartCommunity.Domain.Commands;
using SmartCommunity.Domain.DeviceCommands;
using SmartCommunity.Domain.Devices;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Domain.Twins;

namespace SmartCommunity.Grains.Twins;

/// <summary>What the twins of buildings and cells have in common: devices, their messages, alarms. Key: <c>340104/{TwinKey}</c>. Stream: the twin key.</summary>
[Alias("sc.ITwinGrain"), GrainInterfaceType("sc.twin")]
public interface ITwinGrain : IGrainWithStringKey
{
    /// <summary>
    /// Takes everything that waits for this twin, in order. Completes when all of it is durable; outcome i belongs to message i.
    /// Throws <see cref="Storage.StoreUnavailableException"/> when nothing may be acknowledged.
    /// </summary>
    [Alias("Ingest")]
    Task<MessageOutcome[]> Ingest(MessageBatch batch);

    /// <summary>The twin now.</summary>
    [Alias("Get")]
    Task<Outcome<TwinView>> Get();

    /// <summary>The twin as the system knew it at a past instant (record time). Reads the log beside the twin's other work.</summary>
    [Alias("GetAt"), AlwaysInterleave]
    Task<Outcome<TwinView>> GetAt(DateTimeOffset instant);

    [Alias("DefineDevice")]
    Task<Outcome<Device>> DefineDevice(Device device, WriteCondition condition, CommandContext context);

    [Alias("ReplaceCredential")]
    Task<Outcome<Device>> ReplaceCredential(DeviceId device, DeviceCredential credential, CommandContext context);

    [Alias("RevokeDevice")]
    Task<Outcome<Device>> RevokeDevice(DeviceId device, CommandContext context);

    [Alias("AcknowledgeAlarm")]
    Task<Outcome<Alarm>> AcknowledgeAlarm(AlarmId alarm, string? note, CommandContext context);

    [Alias("CloseAlarm")]
    Task<Outcome<Alarm>> CloseAlarm(AlarmId alarm, string? note, CommandContext context);

    [Alias("IssueCommand")]
    Task<Outcome<DeviceCommand>> IssueCommand(NewCommand command, CommandContext context);

    [Alias("CancelCommand")]
    Task<Outcome<DeviceCommand>> CancelCommand(DeviceId device, CommandId command, string? note, CommandContext context);

    /// <summary>Fires the clocks that ran out by <paramref name="now"/>, each with its true due instant.</summary>
    [Alias("Sweep")]
    Task Sweep(DateTimeOffset now);
}

/// <summary>A building's twin. Key: <c>340104/buildings/{id}</c>.</summary>
[Alias("sc.IBuildingGrain"), GrainInterfaceType("sc.building")]
public interface IBuildingGrain : ITwinGrain
{
    /// <summary>Creates or changes the building; its cell is found from its location.</summary>
    [Alias("Define")]
    Task<Outcome<Building>> Define(Building building, WriteCondition condition, CommandContext context);

    /// <summary>Finds the building's cell again, after cells were imported; nothing happens when it is the same. Harmless to repeat.</summary>
    [Alias("Locate")]
    Task<Outcome<Building>> Locate(CommandContext context);
}

/// <summary>A grid cell's twin: the devices that hang on the street itself. Key: <c>340104/cells/{code}</c>.</summary>
[Alias("sc.ICellGrain"), GrainInterfaceType("sc.cell")]
public interface ICellGrain : ITwinGrain;
