using System.Text.Json.Serialization;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Domain.Twins;

namespace SmartCommunity.Domain.DeviceCommands;

/// <summary>A step in the life of a command; part of the stream of the twin that holds the device.</summary>
public abstract record CommandEvent : TwinEvent
{
    [JsonIgnore]
    public abstract (DeviceId Device, CommandId Id) Target { get; }
}

public sealed record CommandIssued(DeviceCommand Command) : CommandEvent
{
    [JsonIgnore]
    public override (DeviceId Device, CommandId Id) Target => (Command.Device, Command.Id);
}

/// <summary>The device has acknowledged it (PUBACK), or it was written to a connection that asked for no acknowledgement (QoS 0).</summary>
public sealed record CommandDelivered(DeviceId Device, CommandId Command) : CommandEvent
{
    [JsonIgnore]
    public override (DeviceId Device, CommandId Id) Target => (Device, Command);
}

/// <summary>The device has answered. <paramref name="Reply"/> is the payload object as JSON text.</summary>
public sealed record CommandAnswered(DeviceId Device, CommandId Command, string Reply) : CommandEvent
{
    [JsonIgnore]
    public override (DeviceId Device, CommandId Id) Target => (Device, Command);
}

/// <param name="DueAt">When its time ran out; also the event time.</param>
public sealed record CommandExpired(DeviceId Device, CommandId Command, DateTimeOffset DueAt) : CommandEvent
{
    [JsonIgnore]
    public override (DeviceId Device, CommandId Id) Target => (Device, Command);
}

public sealed record CommandCancelled(DeviceId Device, CommandId Command, string By, string? Note) : CommandEvent
{
    [JsonIgnore]
    public override (DeviceId Device, CommandId Id) Target => (Device, Command);
}

/// <param name="Reason">One of <see cref="UndeliverableReasons"/>.</param>
public sealed record CommandUndeliverable(DeviceId Device, CommandId Command, string Reason) : CommandEvent
{
    [JsonIgnore]
    public override (DeviceId Device, CommandId Id) Target => (Device, Command);
}
