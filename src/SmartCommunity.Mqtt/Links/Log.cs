using System.Net;
using Microsoft.Extensions.Logging;
using SmartCommunity.Mqtt.Wire;

namespace SmartCommunity.Mqtt.Links;

/// <summary>What the listener logs. No token, no payload.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "MQTT listens on {EndPoint}")]
    public static partial void Listening(ILogger log, EndPoint? endPoint);

    [LoggerMessage(2, LogLevel.Warning, "MQTT connection from {Remote} refused: {Code}")]
    public static partial void Refused(ILogger log, EndPoint? remote, ReasonCode code);

    [LoggerMessage(3, LogLevel.Debug, "MQTT connection aborted")]
    public static partial void Aborted(ILogger log, Exception exception);

    [LoggerMessage(5, LogLevel.Error, "Device look-up failed; the connection is refused and may try again")]
    public static partial void LookupFailed(ILogger log, Exception exception);

    [LoggerMessage(6, LogLevel.Warning, "Device {District}/{Device} was changed but could not be looked up; trying again")]
    public static partial void RefreshFailed(ILogger log, string district, string device, Exception exception);

    [LoggerMessage(7, LogLevel.Error, "MQTT connection failed")]
    public static partial void ConnectionFailed(ILogger log, Exception exception);

    [LoggerMessage(9, LogLevel.Error, "Commands of {District}/{Device} can no longer be carried to its connection; it is closed")]
    public static partial void CourierFailed(ILogger log, string district, string device, Exception exception);

    [LoggerMessage(10, LogLevel.Debug, "Commands of {District}/{Device} are no longer carried to its connection")]
    public static partial void CourierEnded(ILogger log, string district, string device);

    [LoggerMessage(11, LogLevel.Warning, "Commands of {District}/{Device} could not be read; trying again")]
    public static partial void CommandsUnread(ILogger log, string district, string device, Exception exception);

    [LoggerMessage(12, LogLevel.Warning, "NOT SAFE: MQTT topics that begin with {Prefixes} are open to everybody on this machine (Mqtt:OpenTopicPrefixes)")]
    public static partial void TopicsAreOpen(ILogger log, string prefixes);
}
