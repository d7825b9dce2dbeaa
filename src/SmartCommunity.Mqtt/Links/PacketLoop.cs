using System.Buffers;
using System.Buffers.Binary;
using MQTTnet.Formatter;
using MQTTnet.Packets;
using SmartCommunity.Mqtt.Commands;
using SmartCommunity.Mqtt.Topics;
using SmartCommunity.Mqtt.Wire;

namespace SmartCommunity.Mqtt.Links;

/// <summary>
/// The reading side of one connection. PUBLISH and PUBREL stay here, PINGREQ is answered here, everything else goes to the broker. While one
/// packet has to wait the buffer is not released, so TCP pushes back.
/// </summary>
internal sealed class PacketLoop(MqttLink link) : IDisposable
{
    private readonly MqttPacketFormatterAdapter formatter = new(new MqttBufferWriter(1024, ushort.MaxValue));
    private readonly ConnectGate gate = new(link.Services.Directory);
    private BrokerChannel? broker;
    private Task brokerSession = Task.CompletedTask;
    private IngestPath? ingest;
    private LastWill? will;
    private MqttPacket? forBroker;
    private long receivedMs;
    private bool hasLeft;

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
            await EndAsync();
        }
    }

    public void Dispose() => broker?.Dispose();

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
            if (step != PacketStep.RingFull)
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

        if (ingest is null)
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
            case PacketType.PubAck or PacketType.PubRec or PacketType.PubComp
                or PacketType.Subscribe or PacketType.Unsubscribe or PacketType.Disconnect:
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
        switch (ingest!.Publish(header, body, receivedMs))
        {
            case Taken.Done:
                return PacketStep.More;
            case Taken.RingFull:
                return PacketStep.RingFull;
            case Taken.LaneFull:
                return PacketStep.LaneFull;
            default:
                link.Close(ingest.Fault);
                return PacketStep.Stop;
        }
    }

    private PacketStep TakeRelease(in ReadOnlySequence<byte> body)
    {
        Span<byte> id = stackalloc byte[2];
        if (body.Length < id.Length)
        {
            link.Close(ReasonCode.MalformedPacket);
            return PacketStep.Stop;
        }

        body.Slice(0, id.Length).CopyTo(id);
        return ingest!.TryRelease(BinaryPrimitives.ReadUInt16BigEndian(id)) ? PacketStep.More : PacketStep.RingFull;
    }

    private PacketStep TakeConnect(byte header, in ReadOnlySequence<byte> body)
    {
        link.HasConnect = true;
        var packet = BrokerDecoding.ToPacket(header, body);
        try
        {
            formatter.DetectProtocolVersion(packet);
            link.IsVersion5 = formatter.ProtocolVersion == MqttProtocolVersion.V500;
            forBroker = formatter.Decode(packet);
            return PacketStep.Connect;
        }
        catch (Exception e) when (BrokerDecoding.IsMalformed(e))
        {
            return formatter.ProtocolVersion == MqttProtocolVersion.Unknown ? PacketStep.Refuse : PacketStep.Stop;
        }
    }

    private PacketStep TakeOther(byte header, in ReadOnlySequence<byte> body)
    {
        try
        {
            forBroker = formatter.Decode(BrokerDecoding.ToPacket(header, body));
            return PacketStep.Deliver;
        }
        catch (Exception e) when (BrokerDecoding.IsMalformed(e))
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
                    await ingest!.PostRestAsync();
                    return true;
                case PacketStep.Ping:
                    await link.Output.SendAsync(static (pipe, _) => PacketWriter.WritePingResponse(pipe), 0);
                    return true;
                case PacketStep.Deliver:
                    return await DeliverAsync(forBroker!);
                case PacketStep.Connect:
                    return await ConnectAsync((MqttConnectPacket)forBroker!);
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
        switch (packet)
        {
            case MqttDisconnectPacket end:
                hasLeft = true;
                if (end.ReasonCode == MQTTnet.Protocol.MqttDisconnectReasonCode.NormalDisconnection)
                {
                    will = null;
                }

                await broker!.DeliverAsync(packet);
                return false;
            case MqttSubscribePacket subscribe:
                return await SubscribeAsync(subscribe);
            case MqttUnsubscribePacket unsubscribe:
                link.Subscriptions!.Forget(unsubscribe);
                link.Commands!.Asked(unsubscribe);
                break;
            case MqttPubAckPacket acknowledgement:
                link.Commands!.Acknowledged(acknowledgement);
                break;
        }

        await broker!.DeliverAsync(packet);
        return true;
    }

    private async ValueTask<bool> SubscribeAsync(MqttSubscribePacket packet)
    {
        if (packet.PacketIdentifier == 0 || packet.TopicFilters.Count == 0)
        {
            link.Close(ReasonCode.ProtocolError);
            return false;
        }

        var codes = link.Subscriptions!.Judge(packet);
        if (packet.TopicFilters.Count > 0)
        {
            link.Commands!.Asked(packet);
            await broker!.DeliverAsync(packet);
            return true;
        }

        link.Services.Metrics.Refused.Add(1);
        await link.Output.SendAsync(
            static (pipe, s) => PacketWriter.WriteSubscribeAck(pipe, s.Id, s.Codes, s.IsVersion5),
            (Id: packet.PacketIdentifier, Codes: codes, link.IsVersion5));
        return true;
    }

    private async ValueTask<bool> ConnectAsync(MqttConnectPacket packet)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(link.Services.Options.StallTimeoutSeconds), link.Services.Clock);
        var stamp = link.Services.Registry.Stamp;
        ConnectVerdict verdict;
        try
        {
            verdict = await gate.JudgeAsync(packet, link.IsVersion5, timeout.Token);
        }
        catch (Exception e) when (e is not InvalidOperationException)
        {
            Log.LookupFailed(link.Services.Log, e);
            verdict = new ConnectVerdict(ReasonCode.ServerUnavailable);
        }

        if (verdict.Route is not { } route || verdict.Code != ReasonCode.Success)
        {
            await RefuseAsync(verdict.Code);
            return false;
        }

        var prefix = TopicGrammar.PrefixOf(route);
        link.Device = new DeviceContext(route);
        link.KeepAliveSeconds = packet.KeepAlivePeriod;
        link.Ring = new AckRing(link.Output, link.IsVersion5, link, link.Services.Pump);
        link.Subscriptions = new Subscriptions(prefix, link.Services.Options.FiltersMax, link.IsVersion5);
        broker = new BrokerChannel(link, formatter) { Subscriptions = link.Subscriptions, ClientPacketBytesMax = packet.MaximumPacketSize };
        var aliases = link.IsVersion5 ? link.Services.Options.TopicAliasesMax : 0;
        var path = new IngestPath(link, link.Ring, new TopicTable(prefix, aliases), link.IsVersion5);
        link.Ingest = path;
        will = ConnectGate.Rewrite(packet, route, out var assigned);
        broker.AssignedClientId = assigned;
        link.Commands = new LinkCommands(link, packet.ClientId);
        link.Services.Registry.Add(link, stamp);
        brokerSession = ServeBrokerAsync(broker);
        await broker.DeliverAsync(packet);
        if (!await broker.Accepted)
        {
            return false;
        }

        ingest = path;
        return true;
    }

    private async Task ServeBrokerAsync(BrokerChannel channel)
    {
        try
        {
            await link.Services.Broker.HandleAsync(channel);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Log.BrokerFailed(link.Services.Log, e);
        }
        finally
        {
            channel.OnBrokerEnded();

            // Take-over: the broker has sent its DISCONNECT and let go. The last will is not for this case.
            link.Close(ReasonCode.Success);
        }
    }

    private async ValueTask RefuseAsync(ReasonCode code)
    {
        link.Services.Metrics.Refused.Add(1);
        Log.Refused(link.Services.Log, link.RemoteEndPoint, code);
        await link.Output.SendAsync(
            static (pipe, s) => PacketWriter.WriteConnectRefusal(pipe, s.Code, s.IsVersion5),
            (Code: code, link.IsVersion5),
            last: true);
    }

    private async Task EndAsync()
    {
        var isTakenOver = !hasLeft && link.IsClosing && link.ClosedWith == ReasonCode.Success;
        var isStopping = link.ClosedWith == ReasonCode.ServerShuttingDown;
        link.Close(ReasonCode.Success);
        link.Commands?.Close();
        broker?.Complete();
        await brokerSession;
        link.Services.Registry.Remove(link);
        if (will is { } last && link.IsAccepted && !isTakenOver && !isStopping)
        {
            link.PostWill(last);
        }

        link.Dispose();
    }
}
