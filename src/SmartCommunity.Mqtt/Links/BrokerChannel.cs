using System.Buffers;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Channels;
using MQTTnet.Adapter;
using MQTTnet.Formatter;
using MQTTnet.Packets;
using MQTTnet.Protocol;
using SmartCommunity.Mqtt.Wire;

namespace SmartCommunity.Mqtt.Links;

/// <summary>
/// One connection as the broker behind us sees it: it receives every packet that is not a PUBLISH and writes through the shared output.
/// </summary>
internal sealed class BrokerChannel(MqttLink link, MqttPacketFormatterAdapter formatter) : IMqttChannelAdapter
{
    /// <summary>Packets waiting for the broker; then the reading stops.</summary>
    private const int PacketsMax = 16;

    private readonly Channel<MqttPacket> packets = Channel.CreateBounded<MqttPacket>(
        new BoundedChannelOptions(PacketsMax) { SingleReader = true, SingleWriter = true });

    private readonly TaskCompletionSource<bool> accepted = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>True when the broker has answered CONNACK with success, false when it ended before.</summary>
    public Task<bool> Accepted => accepted.Task;

    public string? AssignedClientId { get; set; }

    /// <summary>The largest packet the client takes; 0: any.</summary>
    public uint ClientPacketBytesMax { get; set; }

    public Subscriptions? Subscriptions { get; set; }

    public long BytesReceived => 0;

    public long BytesSent => 0;

    public X509Certificate2? ClientCertificate => null;

    public EndPoint? RemoteEndPoint => link.RemoteEndPoint;

    public EndPoint? LocalEndPoint => link.LocalEndPoint;

    public bool IsSecureConnection => false;

    public MqttPacketFormatterAdapter PacketFormatterAdapter { get; } = formatter;

    public ValueTask DeliverAsync(MqttPacket packet) =>
        packets.Writer.TryWrite(packet) ? ValueTask.CompletedTask : DeliverSlowAsync(packet);

    /// <summary>No more packets come.</summary>
    public void Complete() => packets.Writer.TryComplete();

    /// <summary>The broker has let go of this connection.</summary>
    public void OnBrokerEnded()
    {
        accepted.TrySetResult(false);
        packets.Writer.TryComplete();
    }

    public Task ConnectAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task DisconnectAsync(CancellationToken cancellationToken)
    {
        packets.Writer.TryComplete();
        return Task.CompletedTask;
    }

    public async Task<MqttPacket?> ReceivePacketAsync(CancellationToken cancellationToken)
    {
        while (await packets.Reader.WaitToReadAsync(cancellationToken))
        {
            if (packets.Reader.TryRead(out var packet))
            {
                return packet;
            }
        }

        return null;
    }

    public void ResetStatistics()
    {
    }

    public async Task SendPacketAsync(MqttPacket packet, CancellationToken cancellationToken)
    {
        if (link.Commands?.Writing(packet) == false)
        {
            return;
        }

        Amend(packet);
        if (await link.Output.EnterAsync())
        {
            var isWritten = TryEncode(packet);
            link.IsAccepted |= packet is MqttConnAckPacket { ReasonCode: MqttConnectReasonCode.Success };
            await link.Output.LeaveAsync(last: packet is MqttDisconnectPacket);
            link.Commands?.Written(packet, isTooLarge: !isWritten);
        }

        if (packet is MqttConnAckPacket answer)
        {
            accepted.TrySetResult(answer.ReasonCode == MqttConnectReasonCode.Success);
        }
    }

    public void Dispose() => packets.Writer.TryComplete();

    private async ValueTask DeliverSlowAsync(MqttPacket packet)
    {
        try
        {
            await packets.Writer.WriteAsync(packet);
        }
        catch (ChannelClosedException)
        {
            // The broker has ended the session meanwhile; the connection is closing.
            link.Close(ReasonCode.Unspecified);
        }
    }

    private void Amend(MqttPacket packet)
    {
        switch (packet)
        {
            case MqttConnAckPacket answer:
                answer.ReceiveMaximum = AckRing.Length;
                answer.TopicAliasMaximum = (ushort)link.Services.Options.TopicAliasesMax;
                answer.MaximumPacketSize = (uint)link.Services.Options.PacketBytesMax;
                answer.SharedSubscriptionAvailable = false;
                answer.AssignedClientIdentifier = AssignedClientId;
                break;
            case MqttSubAckPacket answer when Subscriptions?.TakeAnswer(answer.PacketIdentifier) is { } codes:
                answer.ReasonCodes = [.. codes.Select(c => (MqttSubscribeReasonCode)c)];
                break;
        }
    }

    /// <summary>False: the client takes no packet so large, and nothing was written.</summary>
    private bool TryEncode(MqttPacket packet)
    {
        try
        {
            var bytes = PacketFormatterAdapter.Encode(packet);
            if (ClientPacketBytesMax > 0 && bytes.Length > ClientPacketBytesMax)
            {
                return false;
            }

            link.Output.Pipe.Write(bytes.Packet.AsSpan());
            foreach (var segment in bytes.Payload)
            {
                link.Output.Pipe.Write(segment.Span);
            }

            return true;
        }
        finally
        {
            PacketFormatterAdapter.Cleanup();
        }
    }
}
