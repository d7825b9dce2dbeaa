namespace SmartCommunity.Mqtt.Links;

/// <summary>What <see cref="PacketLoop"/> has to wait for before it goes on reading.</summary>
internal enum PacketStep
{
    /// <summary>The buffer holds no further whole packet.</summary>
    More,
    Connect,
    RingFull,
    LaneFull,
    Deliver,
    Ping,
    Refuse,
    Stop,
}
