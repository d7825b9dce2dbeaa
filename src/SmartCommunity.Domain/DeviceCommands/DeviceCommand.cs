using Orleans;
using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Domain.Twins;

namespace SmartCommunity.Domain.DeviceCommands;

/// <summary>Where a command is in its life. The first two are open; of the others exactly one is its end.</summary>
public enum CommandState
{
    None = 0,

    /// <summary>Waits for the device.</summary>
    Issued = 1,

    /// <summary>The device has acknowledged it; its answer may follow.</summary>
    Delivered = 2,

    /// <summary>The device has answered.</summary>
    Answered = 3,

    /// <summary>Its time ran out, delivered or not.</summary>
    Expired = 4,

    /// <summary>A person took it back.</summary>
    Cancelled = 5,

    /// <summary>The device can never take it; see <see cref="DeviceCommand.Note"/>.</summary>
    Undeliverable = 6,
}

/// <summary>A command to a device (指令): issued by a caller of the API, carried to the device's connection, answered by the device.</summary>
/// <param name="Number">Counts the device's commands from 1: the order of issue.</param>
/// <param name="Body">A JSON object, at most <see cref="Limits.CommandBodyBytesMax"/> bytes.</param>
/// <param name="IssuedBy">Principal (<c>key:ab12cd</c>).</param>
/// <param name="DeliveredAt">When the device's acknowledgement (or its answer, if that was faster) was made durable.</param>
/// <param name="EndedAt">For an expired one the due instant, not the moment somebody noticed.</param>
/// <param name="Reply">The device's answer, a JSON object.</param>
/// <param name="EndedBy">Who cancelled it.</param>
/// <param name="Note">The note of whoever cancelled it; for an undeliverable one the reason (<see cref="UndeliverableReasons"/>).</param>
[GenerateSerializer, Immutable, Alias("sc.DeviceCommand")]
public sealed record DeviceCommand(
    [property: Id(0)] CommandId Id,
    [property: Id(1)] DeviceId Device,
    [property: Id(2)] TwinKey Twin,
    [property: Id(3)] AreaCode Area,
    [property: Id(4)] long Number,
    [property: Id(5)] string Name,
    [property: Id(6)] string Body,
    [property: Id(7)] string IssuedBy,
    [property: Id(8)] DateTimeOffset IssuedAt,
    [property: Id(9)] DateTimeOffset ExpiresAt,
    [property: Id(10)] CommandState State,
    [property: Id(11)] DateTimeOffset? DeliveredAt = null,
    [property: Id(12)] DateTimeOffset? EndedAt = null,
    [property: Id(13)] string? Reply = null,
    [property: Id(14)] string? EndedBy = null,
    [property: Id(15)] string? Note = null);

/// <summary>What a caller wants a device to be told.</summary>
[GenerateSerializer, Immutable, Alias("sc.NewCommand")]
public sealed record NewCommand(
    [property: Id(0)] CommandId Id,
    [property: Id(1)] DeviceId Device,
    [property: Id(2)] string Name,
    [property: Id(3)] string Body,
    [property: Id(4)] DateTimeOffset ExpiresAt);

/// <summary>Why a command can never be delivered. Stable: they are stored.</summary>
public static class UndeliverableReasons
{
    public const string Revoked = "revoked";

    /// <summary>The device acknowledged it with an error; the MQTT 5 reason code follows in hex (<c>refused 0x83</c>).</summary>
    public const string Refused = "refused";

    /// <summary>Larger than the Maximum Packet Size the device told at CONNECT.</summary>
    public const string TooLarge = "too-large";
}
