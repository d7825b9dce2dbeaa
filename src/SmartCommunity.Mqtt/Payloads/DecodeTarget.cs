using SmartCommunity.Domain.Ids;
using SmartCommunity.Domain.Twins;

namespace SmartCommunity.Mqtt.Payloads;

/// <summary>For whom a payload is decoded.</summary>
/// <param name="ReceivedMs">Receive time, Unix milliseconds.</param>
/// <param name="AllowsPlain">True on the alias topic, where the object itself may hold the values.</param>
internal readonly record struct DecodeTarget(
    DeviceId Device,
    string Profile,
    MetricLookup Metrics,
    MessageKind Kind,
    long ReceivedMs,
    bool AllowsPlain);
