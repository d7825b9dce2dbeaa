using System.IO.Pipelines;
using System.Net;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace SmartCommunity.Mqtt.Listening;

/// <summary>
/// A WebSocket as a connection like any other: binary messages in and out, wherever their borders fall (MQTT 5, 6). A text message ends it. What the
/// packet loop does not read stops the receiving, so TCP pushes back here too.
/// </summary>
internal sealed class WebSocketLink : ConnectionContext, IDuplexPipe
{
    /// <summary>The bytes received and not yet read by the packet loop; it lets go as it reads.</summary>
    private const int BufferedBytesMax = 64 * 1024;

    /// <summary>What one receive may bring.</summary>
    private const int ReceiveBytes = 4 * 1024;

    /// <summary>How long the other side may take for its close, in milliseconds.</summary>
    private const int CloseMsMax = 1_000;

    private static readonly PipeOptions Bounded = new(pauseWriterThreshold: BufferedBytesMax, resumeWriterThreshold: BufferedBytesMax / 2, useSynchronizationContext: false);

    private readonly WebSocket socket;
    private readonly Pipe received = new(Bounded);
    private readonly Pipe sent = new(Bounded);
    private readonly CancellationTokenSource aborted = new();

    public WebSocketLink(WebSocket socket, ConnectionInfo ends)
    {
        this.socket = socket;
        RemoteEndPoint = new IPEndPoint(ends.RemoteIpAddress ?? IPAddress.None, ends.RemotePort);
        LocalEndPoint = new IPEndPoint(ends.LocalIpAddress ?? IPAddress.None, ends.LocalPort);
        Transport = this;
    }

    public override string ConnectionId { get; set; } = Guid.NewGuid().ToString("N");

    public override IFeatureCollection Features { get; } = new FeatureCollection();

    public override IDictionary<object, object?> Items { get; set; } = new Dictionary<object, object?>();

    public override IDuplexPipe Transport { get; set; }

    public PipeReader Input => received.Reader;

    public PipeWriter Output => sent.Writer;

    /// <summary>Serves the connection until either side ends it.</summary>
    public async Task RunAsync(MqttConnectionHandler handler)
    {
        var receiving = ReceiveAsync();
        var sending = SendAsync();
        try
        {
            await handler.OnConnectedAsync(this);
        }
        finally
        {
            await sent.Writer.CompleteAsync();
            await sending;

            // The other side answers our close with its own; to hang up before that could cost it our last packet.
            aborted.CancelAfter(CloseMsMax);
            await receiving;
            await received.Reader.CompleteAsync();
            aborted.Dispose();
        }
    }

    public override void Abort(ConnectionAbortedException abortReason)
    {
        socket.Abort();
        sent.Writer.CancelPendingFlush();
    }

    private static bool IsGone(Exception e) => e is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException;

    private async Task ReceiveAsync()
    {
        try
        {
            while (true)
            {
                var result = await socket.ReceiveAsync(received.Writer.GetMemory(ReceiveBytes), aborted.Token);
                if (result.MessageType == WebSocketMessageType.Text)
                {
                    await socket.CloseOutputAsync(WebSocketCloseStatus.InvalidMessageType, "MQTT speaks in binary messages.", aborted.Token);
                    break;
                }

                received.Writer.Advance(result.Count);
                if (result.MessageType == WebSocketMessageType.Close || (await received.Writer.FlushAsync(aborted.Token)).IsCompleted)
                {
                    break;
                }
            }
        }
        catch (Exception e) when (IsGone(e))
        {
            // The other side is gone; the packet loop sees the end of its input.
            await received.Writer.CompleteAsync();
            return;
        }

        await received.Writer.CompleteAsync();
    }

    private async Task SendAsync()
    {
        try
        {
            while (true)
            {
                var result = await sent.Reader.ReadAsync();
                foreach (var segment in result.Buffer)
                {
                    await socket.SendAsync(segment, WebSocketMessageType.Binary, endOfMessage: true, aborted.Token);
                }

                sent.Reader.AdvanceTo(result.Buffer.End);
                if (result.IsCompleted)
                {
                    break;
                }
            }

            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
            {
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, aborted.Token);
            }
        }
        catch (Exception e) when (IsGone(e))
        {
            // Nobody reads any more; the packet loop notices at its next flush.
            await sent.Reader.CompleteAsync();
            return;
        }

        await sent.Reader.CompleteAsync();
    }
}
