using SmartCommunity.Domain.Ids;
using SmartCommunity.Domain.Twins;

namespace SmartCommunity.Mqtt.Payloads;

/// <summary>For whom a payload is decoded.</summary>
/// <param name="ReceivedMs">Receive time, Unix milliseconds.</param>
/// <param name="AllowsPlain">True on the alias topic, where the object itself may hold the values.</param>
/// <param name="Decoder">How raw bytes of the profile are read; null when it has no decoder.</param>
/// <param name="OuterId">The key that an envelope around the payload gives; it stands before the payload's own.</param>
/// <param name="OuterAtMs">The event time that such an envelope gives; the payload's own stands before it.</param>
internal readonly record struct DecodeTarget(
    DeviceId Device,
    string Profile,
    MetricLookup Metrics,
    MessageKind Kind,
    long ReceivedMs,
    bool AllowsPlain,
    DecoderTable? Decoder = null,
    string? OuterId = null,
    long? OuterAtMs = null);
