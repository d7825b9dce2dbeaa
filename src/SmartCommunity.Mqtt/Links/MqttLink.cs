using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Domain.Twins;
using SmartCommunity.Grains.Ingest;
using SmartCommunity.Mqtt.Listening;
using SmartCommunity.Mqtt.Payloads;
using SmartCommunity.Mqtt.Wire;

namespace SmartCommunity.Mqtt.Links;

/// <summary>
/// One connection: who it is, what it does right now, and how it ends. The reading side lives in <see cref="PacketLoop"/>.
/// </summary>
internal sealed class MqttLink : IRingListener, IDisposable
{
    /// <summary>A client that has sent nothing for so long has read its DISCONNECT.</summary>
    private const int LingerQuietMs = 100;

    /// <summary>What is read and dropped of a client after its DISCONNECT.</summary>
    private const int LingerBytesMax = 256 * 1024;

    private readonly ConnectionContext connection;
    private readonly long openedAt;
    private volatile DeviceContext? device;
    private long activeAt;
    private long partialSince;
    private long closingSince;
    private int closing;
    private Task closed = Task.CompletedTask;

    public MqttLink(ConnectionContext connection, EdgeServices services)
    {
        this.connection = connection;
        Services = services;
        Output = new LinkOutput(connection.Transport.Output, services.Clock);
        openedAt = activeAt = services.Clock.GetTimestamp();
    }

    public EdgeServices Services { get; }

    public LinkOutput Output { get; }

    public PipeReader Input => connection.Transport.Input;

    public EndPoint? RemoteEndPoint => connection.RemoteEndPoint;

    public EndPoint? LocalEndPoint => connection.LocalEndPoint;

    /// <summary>Set at CONNECT; replaced when the directory says that the device changed.</summary>
    public DeviceContext Device
    {
        get => device ?? throw new InvalidOperationException("The connection has no device yet.");
        set => device = value;
    }

    /// <summary>True behind <c>/mqtt</c>: the web server waits for such connections before the listener is told to stop.</summary>
    public bool IsWeb => connection is WebSocketLink;

    public bool HasDevice => device is not null;

    public bool IsVersion5 { get; set; }

    /// <summary>True as soon as a whole CONNECT has arrived.</summary>
    public bool HasConnect { get; set; }

    /// <summary>True once CONNACK has been written: from then on an end is told by a DISCONNECT.</summary>
    public bool IsAccepted { get; set; }

    /// <summary>Unique among the connections of a device.</summary>
    public string ClientId { get; set; } = string.Empty;

    /// <summary>Keep-alive in seconds, the client's or the one imposed on it; 0: none.</summary>
    public int KeepAliveSeconds { get; private set; }

    /// <summary>True when the keep-alive is not the one the client has asked for.</summary>
    public bool IsKeepAliveImposed { get; private set; }

    /// <summary>True while the reading waits for us (ring, lane, directory): silence is then not the client's.</summary>
    public bool IsHeld { get; set; }

    public AckRing? Ring { get; set; }

    /// <summary>Set when the CONNECT was accepted.</summary>
    public ILinkSession? Session { get; set; }

    public bool IsClosing => Volatile.Read(ref closing) != 0;

    /// <summary>Why the connection was closed by us; success when it was not.</summary>
    public ReasonCode ClosedWith { get; private set; }

    /// <summary>Only MQTT 5 can be told of another keep-alive than its own.</summary>
    public void AgreeKeepAlive(int askedSeconds)
    {
        var longest = Services.Options.KeepAliveSecondsMax;
        IsKeepAliveImposed = IsVersion5 && (askedSeconds == 0 || askedSeconds > longest);
        KeepAliveSeconds = IsKeepAliveImposed ? longest : askedSeconds;
    }

    /// <summary>What every CONNACK of this listener says.</summary>
    public Welcome Welcome(string? assignedClientId) => new(
        IsSessionPresent: false,
        ReceiveMax: AckRing.Length,
        PacketBytesMax: Services.Options.PacketBytesMax,
        TopicAliasMax: Services.Options.TopicAliasesMax,
        HasSharedSubscriptions: false,
        SessionExpirySeconds: null,
        KeepAliveSeconds: IsKeepAliveImposed ? KeepAliveSeconds : null,
        assignedClientId);

    /// <summary>A whole packet has come.</summary>
    public void MarkActive(bool isPartLeft)
    {
        var now = Services.Clock.GetTimestamp();
        Volatile.Write(ref activeAt, now);
        Volatile.Write(ref partialSince, isPartLeft ? now : 0);
    }

    /// <summary>Part of a packet has come, not yet the whole.</summary>
    public void MarkPartial()
    {
        if (partialSince == 0)
        {
            Volatile.Write(ref partialSince, Services.Clock.GetTimestamp());
        }
    }

    /// <summary>Ends the connection: for any code but success a DISCONNECT where the version knows one, then nothing.</summary>
    public void Close(ReasonCode code)
    {
        if (Interlocked.Exchange(ref closing, 1) != 0)
        {
            return;
        }

        ClosedWith = code;
        Volatile.Write(ref closingSince, Services.Clock.GetTimestamp());
        closed = CloseAsync(code);
    }

    /// <summary>
    /// A client that is still sending when its socket is closed never reads the DISCONNECT: the reset that answers its bytes throws away what it has
    /// not read. So what still comes is read for a moment and dropped.
    /// </summary>
    public async Task LingerAsync()
    {
        await closed;
        if (!IsVersion5 || !IsAccepted || ClosedWith == ReasonCode.Success)
        {
            return;
        }

        var dropped = 0L;
        try
        {
            while (dropped < LingerBytesMax)
            {
                using var quiet = new CancellationTokenSource(TimeSpan.FromMilliseconds(LingerQuietMs), Services.Clock);
                var result = await Input.ReadAsync(quiet.Token);
                dropped += Math.Max(1, result.Buffer.Length);
                Input.AdvanceTo(result.Buffer.End);
                if (result.IsCompleted)
                {
                    return;
                }
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or InvalidOperationException)
        {
            // The client is quiet, or gone.
            return;
        }
    }

    /// <summary>Called every half second: ends what is silent, stalled or never began.</summary>
    public void Sweep()
    {
        var options = Services.Options;
        var stall = TimeSpan.FromSeconds(options.StallTimeoutSeconds);
        if (IsClosing)
        {
            if (Age(Volatile.Read(ref closingSince)) > TimeSpan.FromSeconds(options.ConnectTimeoutSeconds))
            {
                connection.Abort();
            }

            return;
        }

        if (Output.Stalled > stall)
        {
            Output.Close();
            Close(ReasonCode.Unspecified);
            connection.Abort();
        }
        else if (!HasConnect)
        {
            CloseIf(Age(openedAt) > TimeSpan.FromSeconds(options.ConnectTimeoutSeconds), ReasonCode.Unspecified);
        }
        else if (!IsHeld)
        {
            var isSilent = KeepAliveSeconds > 0 && Age(Volatile.Read(ref activeAt)) > TimeSpan.FromSeconds(KeepAliveSeconds * 1.5);
            CloseIf(isSilent, ReasonCode.KeepAliveTimeout);
            CloseIf(Volatile.Read(ref partialSince) is var since and not 0 && Age(since) > stall, ReasonCode.ProtocolError);
        }
    }

    /// <summary>Posts the last will as a state message; nobody waits for its fate.</summary>
    public void PostWill(LastWill will)
    {
        var messages = new MessageBuffer();
        var now = Services.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        FlatJson.Decode(will.Payload, Device.Target(MessageKind.State, isAlias: false, now), messages);
        if (!Services.Ingest.TryPost(Device.Route, messages[0], NoReceipt.Instance, 0))
        {
            Services.Metrics.Failed.Add(1);
        }
    }

    public void OnDurable(MessageFate fate)
    {
        Services.Gate.OnSuccess();
        (fate == MessageFate.Duplicate ? Services.Metrics.Duplicates : Services.Metrics.Accepted).Add(1);
    }

    public void OnQuarantined(DeviceRoute? origin, string? messageId, Refusal? reason)
    {
        Services.Gate.OnSuccess();
        Services.Metrics.Quarantined.Add(1);
        if (reason is not null)
        {
            Services.Errors.Tell(origin ?? Device.Route, messageId, reason);
        }
    }

    public void OnFailed()
    {
        Services.Gate.OnFailure();
        Services.Metrics.Failed.Add(1);
    }

    public void OnHandshakeEnded(ushort packetId) => Session?.Publishes.OnHandshakeEnded(packetId);

    public void OnBroken() => Close(ReasonCode.ServerBusy);

    public void Dispose()
    {
        Ring?.Close();
        Output.Close();
    }

    private TimeSpan Age(long since) => Services.Clock.GetElapsedTime(since);

    private void CloseIf(bool condition, ReasonCode code)
    {
        if (condition)
        {
            Services.Metrics.Refused.Add(1);
            Close(code);
        }
    }

    private async Task CloseAsync(ReasonCode code)
    {
        if (IsVersion5 && IsAccepted && code != ReasonCode.Success)
        {
            await Output.SendAsync(
                static (pipe, s) => PacketWriter.WriteDisconnect(pipe, s.Code, s.Reason),
                (Code: code, Reason: Output.ReasonOf(code)),
                last: true);
        }

        Output.Close();
        Ring?.Close();
        Input.CancelPendingRead();
    }

    private sealed class NoReceipt : IIngestReceipt
    {
        public static readonly NoReceipt Instance = new();

        public void Complete(long ticket, in MessageOutcome outcome)
        {
        }

        public void Fail(long ticket)
        {
        }
    }
}
