namespace SmartCommunity.Mqtt.Wire;

/// <summary>MQTT control packet types: the upper half of the first byte (MQTT 5, 2.1.2).</summary>
internal enum PacketType
{
    Connect = 1,
    ConnAck = 2,
    Publish = 3,
    PubAck = 4,
    PubRec = 5,
    PubRel = 6,
    PubComp = 7,
    Subscribe = 8,
    SubAck = 9,
    Unsubscribe = 10,
    UnsubAck = 11,
    PingReq = 12,
    PingResp = 13,
    Disconnect = 14,
    Auth = 15,
}

internal static class PacketTypes
{
    public static PacketType Of(byte header) => (PacketType)(header >> 4);

    /// <summary>True when the lower half of the first byte has the one value the standard allows for this type (PUBLISH: any).</summary>
    public static bool HasLegalFlags(byte header) => Of(header) switch
    {
        PacketType.Publish => (header & 0x06) != 0x06 && ((header & 0x06) != 0 || (header & 0x08) == 0),
        PacketType.PubRel or PacketType.Subscribe or PacketType.Unsubscribe => (header & 0x0F) == 2,
        _ => (header & 0x0F) == 0,
    };
}
