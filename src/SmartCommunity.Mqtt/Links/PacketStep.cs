namespace SmartCommunity.Mqtt.Links;

/// <summary>What the packet at the front of the buffer asks for before the next one is looked at.</summary>
internal enum PacketStep
{
    /// <summary>The buffer holds no further whole packet.</summary>
    More,
    Connect,
    RingFull,
    LaneFull,

    /// <summary>A device must be looked up first; the packet stays at the front.</summary>
    LookUp,

    /// <summary>It is the session's.</summary>
    Deliver,
    Ping,
    Refuse,
    Stop,
}
