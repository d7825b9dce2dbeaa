using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace SmartCommunity.Mqtt.Links;

/// <summary>What became of a message to a client.</summary>
internal enum DownFate
{
    /// <summary>The client has acknowledged it; QoS 0: it was written.</summary>
    Acknowledged,

    /// <summary>The client has answered with a reason code of 0x80 or higher.</summary>
    Refused,

    /// <summary>Its expiry passed, or nobody wanted it sent any more, before it could be written.</summary>
    Expired,

    /// <summary>Larger than the client's Maximum Packet Size.</summary>
    TooLarge,

    /// <summary>The session ended first; whether the client has it is not known.</summary>
    Lost,
}

/// <summary>One message on its way down to one client.</summary>
/// <param name="Topic">The topic name.</param>
/// <param name="Payload">Not copied: it must not change any more.</param>
internal sealed record DownMessage(string Topic, ReadOnlyMemory<byte> Payload)
{
    /// <summary>0, 1 or 2.</summary>
    public int Qos { get; init; } = 1;

    public bool IsRetained { get; init; }

    /// <summary>Unix milliseconds from which on it is not written any more; 0: never. An MQTT 5 client is told the seconds that are left.</summary>
    public long ExpiresAtMs { get; init; }

    public string? ContentType { get; init; }

    public string? ResponseTopic { get; init; }

    public byte[]? CorrelationData { get; init; }

    public MqttPayloadFormatIndicator PayloadFormat { get; init; }

    public List<MqttUserProperty>? UserProperties { get; init; }

    /// <summary>The subscription identifiers of all filters that match.</summary>
    public List<uint>? SubscriptionIds { get; init; }

    /// <summary>Asked right before it is written for the first time; false leaves it out. Null: it is wanted.</summary>
    public Func<bool>? IsWanted { get; init; }

    /// <summary>
    /// Told once what became of it, and the reason code of the client's acknowledgement (0 without one), on any thread: short, and never throwing.
    /// </summary>
    public Action<DownFate, byte>? Receipt { get; init; }
}
