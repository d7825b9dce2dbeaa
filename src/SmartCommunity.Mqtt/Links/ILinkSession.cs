using MQTTnet.Packets;

namespace SmartCommunity.Mqtt.Links;

/// <summary>
/// What a connection may do once its CONNECT was accepted. Called by the reading side of the connection; two exist: a device with its own topics,
/// and a guest of the open topics.
/// </summary>
internal interface ILinkSession
{
    IPublishPath Publishes { get; }

    /// <summary>The messages to this client.</summary>
    Downlink Down { get; }

    /// <summary>What CONNACK says.</summary>
    Wire.Welcome Welcome { get; }

    /// <summary>CONNACK is written: messages may follow.</summary>
    void Begin(DownWire wire);

    /// <summary>
    /// Takes the filters that may be taken. Answers the SUBACK: a code a filter, in their order. Null: what they are about cannot be looked up now,
    /// and the connection ends.
    /// </summary>
    ValueTask<byte[]?> SubscribeAsync(MqttSubscribePacket packet);

    /// <summary>The SUBACK is written: what waits for these filters may follow.</summary>
    void OnSubscribed(MqttSubscribePacket packet, byte[] codes);

    /// <summary>Answers the UNSUBACK.</summary>
    byte[] Unsubscribe(MqttUnsubscribePacket packet);

    /// <summary>The client has sent its DISCONNECT. False: it is against the protocol.</summary>
    bool Leave(MqttDisconnectPacket packet);

    /// <summary>The connection is over, whoever ended it; last wills are this call's.</summary>
    void End();
}

/// <summary>The way of a client's PUBLISH packets. Used by the reading side of one connection only.</summary>
internal interface IPublishPath
{
    /// <summary>Why the connection must end after <see cref="Taken.Fatal"/>.</summary>
    Wire.ReasonCode Fault { get; }

    /// <summary>Takes the variable header and payload of a PUBLISH.</summary>
    Taken Publish(byte header, ReadOnlySpan<byte> body, long receivedMs);

    /// <summary>PUBREL: the end of a QoS 2 handshake. False: the ring is full, show it again later.</summary>
    bool TryRelease(ushort packetId);

    /// <summary>Goes on with a packet after <see cref="Taken.LaneFull"/>.</summary>
    ValueTask PostRestAsync();

    /// <summary>Looks up what <see cref="Taken.LookUp"/> was about. False: it cannot be looked up now, and the connection ends.</summary>
    ValueTask<bool> LookUpAsync() => ValueTask.FromResult(true);

    /// <summary>A QoS 2 packet was refused: its id is free again.</summary>
    void OnHandshakeEnded(ushort packetId);
}
