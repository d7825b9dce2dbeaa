using Orleans;
using SmartCommunity.Domain.Alarms;
using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.Buildings;
using SmartCommunity.Domain.DeviceCommands;
using SmartCommunity.Domain.Ids;

namespace SmartCommunity.Domain.Twins;

/// <summary>A twin as readers see it, at one instant. Sensors ascend by device id, values by metric, alarms (open ones) by id.</summary>
/// <param name="Area">The cell; the district while unassigned.</param>
/// <param name="Building">Set for a building's twin.</param>
/// <param name="Commands">The open ones, by device and in order of issue.</param>
/// <param name="AsOf">Record time of the last thing folded in; null for an untouched twin.</param>
[GenerateSerializer, Immutable, Alias("sc.TwinView")]
public sealed record TwinView(
    [property: Id(0)] TwinKey Key,
    [property: Id(1)] AreaCode Area,
    [property: Id(2)] Building? Building,
    [property: Id(3)] SensorView[] Sensors,
    [property: Id(4)] Alarm[] Alarms,
    [property: Id(5)] DateTimeOffset? AsOf,
    [property: Id(6)] DeviceCommand[] Commands);

/// <summary>One device of a twin with its latest values (latest by event time).</summary>
[GenerateSerializer, Immutable, Alias("sc.SensorView")]
public sealed record SensorView(
    [property: Id(0)] DeviceId Device,
    [property: Id(1)] string Name,
    [property: Id(2)] ProfileId Profile,
    [property: Id(3)] bool Online,
    [property: Id(4)] bool Revoked,
    [property: Id(5)] DateTimeOffset? LastSeen,
    [property: Id(6)] SensorValue[] Values);

[GenerateSerializer, Immutable, Alias("sc.SensorValue")]
public sealed record SensorValue(
    [property: Id(0)] string Metric,
    [property: Id(1)] double Value,
    [property: Id(2)] DateTimeOffset At,
    [property: Id(3)] DateTimeOffset ReceivedAt,
    [property: Id(4)] string? MessageId);
