using System.Buffers;
using System.Buffers.Binary;
using MQTTnet.Formatter;
using MQTTnet.Packets;
using SmartCommunity.Mqtt.Wire;

namespace SmartCommunity.Mqtt.Links;

/// <summary>
/// The reading side of one connection: cuts packets, hands them to the session in their order and answers them. While one packet has to wait the
/// buffer is not released, so TCP pushes back.
/// </summary>
internal sealed class PacketLoop(MqttLink link)
{
    private readonly MqttPacketFormatterAdapter formatter = new(new MqttBufferWriter(1024, ushort.MaxValue));
    private readonly ConnectGate gate = new(link.Services);
    private IPublishPath? publishes;
    private MqttPacket? decoded;
    private long receivedMs;

    public async Task RunAsync()
    {
        try
        {
            await ReadAsync();
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or InvalidOperationException or ObjectDisposedException)
        {
            Log.Aborted(link.Services.Log, e);
        }
        finally
        {
            link.Close(ReasonCode.Success);
            link.Session?.End();
            await link.LingerAsync();
            link.Dispose();
        }
    }

    private async Task ReadAsync()
    {
        var input = link.Input;
        while (!link.IsClosing)
        {
            var result = await input.ReadAsync();
            var buffer = result.Buffer;
            receivedMs = link.Services.Clock.GetUtcNow().ToUnixTimeMilliseconds();
            var before = buffer.Length;
            var step = PacketStep.More;
            while (!link.IsClosing && (step = Consume(ref buffer)) is not PacketStep.More)
            {
                if (!await HandleAsync(step))
                {
                    input.AdvanceTo(result.Buffer.End);
                    return;
                }
            }

            if (buffer.Length != before)
            {
                link.MarkActive(isPartLeft: !buffer.IsEmpty);
            }
            else if (before > 0)
            {
                link.MarkPartial();
            }

            input.AdvanceTo(buffer.Start, buffer.End);
            if (result.IsCompleted)
            {
                return;
            }
        }
    }

    /// <summary>Takes packets off the front until one needs waiting for; a packet that met a full ring stays at the front.</summary>
    private PacketStep Consume(ref ReadOnlySequence<byte> buffer)
    {
        while (true)
        {
            var rest = buffer;
            var cap = link.IsAccepted ? link.Services.Options.PacketBytesMax : link.Services.Options.PacketBytesMaxBeforeConnect;
            switch (FrameReader.TryRead(ref rest, cap, out var header, out var body))
            {
                case FrameStatus.Partial:
                    return PacketStep.More;
                case FrameStatus.TooLarge:
                    link.Services.Metrics.Oversize.Add(1);
                    link.Close(ReasonCode.PacketTooLarge);
                    return PacketStep.Stop;
                case FrameStatus.Malformed:
                    link.Close(ReasonCode.MalformedPacket);
                    return PacketStep.Stop;
            }

            var step = Take(header, body);
            if (step is not (PacketStep.RingFull or PacketStep.LookUp))
            {
                buffer = rest;
            }

            if (step != PacketStep.More)
            {
                return step;
            }
        }
    }

    private PacketStep Take(byte header, in ReadOnlySequence<byte> body)
    {
        var type = PacketTypes.Of(header);
        if (!PacketTypes.HasLegalFlags(header))
        {
            link.Close(ReasonCode.MalformedPacket);
            return PacketStep.Stop;
        }

        if (publishes is null)
        {
            return type == PacketType.Connect ? TakeConnect(header, body) : PacketStep.Stop;
        }

        switch (type)
        {
            case PacketType.Publish:
                return TakePublish(header, body);
            case PacketType.PubRel:
                return TakeRelease(body);
            case PacketType.PingReq:
                return PacketStep.Ping;
            case PacketType.PubAck or PacketType.PubRec or PacketType.PubComp:
                return TakeAcknowledgement(type, body);
            case PacketType.Disconnect when !link.IsVersion5:
                decoded = new MqttDisconnectPacket();
                return PacketStep.Deliver;
            case PacketType.Subscribe or PacketType.Unsubscribe or PacketType.Disconnect:
                return TakeOther(header, body);
            default:
                link.Close(ReasonCode.ProtocolError);
                return PacketStep.Stop;
        }
    }

    private PacketStep TakePublish(byte header, in ReadOnlySequence<byte> body)
    {
        if (body.IsSingleSegment)
        {
            return Publish(header, body.FirstSpan);
        }

        var length = (int)body.Length;
        var copy = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            body.CopyTo(copy);
            return Publish(header, copy.AsSpan(0, length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(copy);
        }
    }

    private PacketStep Publish(byte header, ReadOnlySpan<byte> body)
    {
        switch (publishes!.Publish(header, body, receivedMs))
        {
            case Taken.Done:
                return PacketStep.More;
            case Taken.RingFull:
                return PacketStep.RingFull;
            case Taken.LaneFull:
                return PacketStep.LaneFull;
            case Taken.LookUp:
                return PacketStep.LookUp;
            default:
                link.Close(publishes.Fault);
                return PacketStep.Stop;
        }
    }

    private PacketStep TakeRelease(in ReadOnlySequence<byte> body)
    {
        if (!TryReadId(body, out var id, out _))
        {
            return PacketStep.Stop;
        }

        return publishes!.TryRelease(id) ? PacketStep.More : PacketStep.RingFull;
    }

    private PacketStep TakeAcknowledgement(PacketType type, in ReadOnlySequence<byte> body)
    {
        if (!TryReadId(body, out var id, out var code))
        {
            return PacketStep.Stop;
        }

        link.Session!.Down.OnAcknowledged(type, id, code);
        return PacketStep.More;
    }

    /// <summary>What acknowledgements begin with: packet id and, in MQTT 5, a reason code that is left out when it is success.</summary>
    private bool TryReadId(in ReadOnlySequence<byte> body, out ushort id, out byte code)
    {
        Span<byte> front = stackalloc byte[3];
        var length = (int)Math.Min(front.Length, body.Length);
        body.Slice(0, length).CopyTo(front);
        id = BinaryPrimitives.ReadUInt16BigEndian(front);
        code = link.IsVersion5 ? front[2] : (byte)0;
        if (length >= sizeof(ushort))
        {
            return true;
        }

        link.Close(ReasonCode.MalformedPacket);
        return false;
    }

    private PacketStep TakeConnect(byte header, in ReadOnlySequence<byte> body)
    {
        link.HasConnect = true;
        var packet = PacketDecoding.ToPacket(header, body);
        try
        {
            formatter.DetectProtocolVersion(packet);
            link.IsVersion5 = formatter.ProtocolVersion == MqttProtocolVersion.V500;
            decoded = formatter.Decode(packet);
            return PacketStep.Connect;
        }
        catch (Exception e) when (PacketDecoding.IsMalformed(e))
        {
            return formatter.ProtocolVersion == MqttProtocolVersion.Unknown ? PacketStep.Refuse : PacketStep.Stop;
        }
    }

    private PacketStep TakeOther(byte header, in ReadOnlySequence<byte> body)
    {
        try
        {
            decoded = formatter.Decode(PacketDecoding.ToPacket(header, body));
            return PacketStep.Deliver;
        }
        catch (Exception e) when (PacketDecoding.IsMalformed(e))
        {
            link.Close(ReasonCode.MalformedPacket);
            return PacketStep.Stop;
        }
    }

    /// <summary>Does what a packet has to wait for. False: stop reading.</summary>
    private async ValueTask<bool> HandleAsync(PacketStep step)
    {
        link.IsHeld = true;
        try
        {
            switch (step)
            {
                case PacketStep.RingFull:
                    link.Services.Metrics.Waits.Add(1);
                    await link.Ring!.WaitForRoomAsync();
                    return true;
                case PacketStep.LaneFull:
                    await publishes!.PostRestAsync();
                    return true;
                case PacketStep.LookUp:
                    return await publishes!.LookUpAsync();
                case PacketStep.Ping:
                    await link.Output.SendAsync(static (pipe, _) => PacketWriter.WritePingResponse(pipe), 0);
                    return true;
                case PacketStep.Deliver:
                    return await DeliverAsync(decoded!);
                case PacketStep.Connect:
                    return await ConnectAsync((MqttConnectPacket)decoded!);
                case PacketStep.Refuse:
                    await RefuseAsync(ReasonCode.UnsupportedVersion);
                    return false;
                default:
                    return false;
            }
        }
        finally
        {
            link.IsHeld = false;
        }
    }

    private async ValueTask<bool> DeliverAsync(MqttPacket packet)
    {
        var session = link.Session!;
        switch (packet)
        {
            case MqttSubscribePacket subscribe when subscribe.PacketIdentifier != 0 && subscribe.TopicFilters.Count > 0:
                if (await session.SubscribeAsync(subscribe) is not { } codes)
                {
                    return false;
                }

                await AnswerAsync(PacketType.SubAck, subscribe.PacketIdentifier, codes);
                session.OnSubscribed(subscribe, codes);
                return true;
            case MqttUnsubscribePacket unsubscribe when unsubscribe.PacketIdentifier != 0 && unsubscribe.TopicFilters.Count > 0:
                await AnswerAsync(PacketType.UnsubAck, unsubscribe.PacketIdentifier, session.Unsubscribe(unsubscribe));
                return true;
            case MqttDisconnectPacket end when session.Leave(end):
                return false;
            default:
                link.Close(ReasonCode.ProtocolError);
                return false;
        }
    }

    private ValueTask AnswerAsync(PacketType type, ushort packetId, byte[] codes)
    {
        link.Services.Metrics.Refused.Add(codes.Count(c => c >= (byte)ReasonCode.Unspecified));
        return link.Output.SendAsync(
            static (pipe, s) => PacketWriter.WriteFilterAck(pipe, s.Type, s.Id, s.Codes, s.IsVersion5),
            (Type: type, Id: packetId, Codes: codes, link.IsVersion5));
    }

    private async ValueTask<bool> ConnectAsync(MqttConnectPacket packet)
    {
        link.Output.WantsReasons = link.IsVersion5 && packet.RequestProblemInformation;
        link.Output.PeerPacketBytesMax = packet.MaximumPacketSize;
        link.Ring = new AckRing(link.Output, link.IsVersion5, link, link.Services.Pump);
        link.AgreeKeepAlive(packet.KeepAlivePeriod);
        var (code, session) = await gate.OpenAsync(link, packet, formatter);
        if (session is null)
        {
            await RefuseAsync(code);
            return false;
        }

        link.Session = session;
        await link.Output.SendAsync(
            static (pipe, s) =>
            {
                PacketWriter.WriteWelcome(pipe, s.Welcome, s.Link.IsVersion5);
                s.Link.IsAccepted = true;
            },
            (session.Welcome, Link: link));
        var unacknowledgedMax = packet.ReceiveMaximum == 0 ? Downlink.UnacknowledgedMax : Math.Min((int)packet.ReceiveMaximum, Downlink.UnacknowledgedMax);
        session.Begin(new DownWire(link.Output, formatter, unacknowledgedMax, Math.Min((int)packet.TopicAliasMaximum, link.Services.Options.TopicAliasesMax)));
        publishes = session.Publishes;
        return true;
    }

    private async ValueTask RefuseAsync(ReasonCode code)
    {
        link.Services.Metrics.Refused.Add(1);
        Log.Refused(link.Services.Log, link.RemoteEndPoint, code);
        await link.Output.SendAsync(
            static (pipe, s) => PacketWriter.WriteConnectRefusal(pipe, s.Code, s.Reason, s.IsVersion5),
            (Code: code, Reason: link.Output.ReasonOf(code), link.IsVersion5),
            last: true);
    }
}
