using System.Threading.Channels;
using MQTTnet;
using MQTTnet.Protocol;
using SmartCommunity.Cli.Connections;

namespace SmartCommunity.Cli.Playing;

/// <summary>One message of a device. <paramref name="Kind"/> is the last segment of the topic.</summary>
internal sealed record OutgoingMessage(string Kind, byte[] Payload);

/// <summary>Who publishes. <paramref name="RenewToken"/> is asked once when the token is refused; null when there is no other.</summary>
internal sealed record PublishingDevice(string Id, string Token, Func<CancellationToken, Task<string>>? RenewToken = null);

/// <summary>
/// One device on one connection, QoS 1, MQTT 5. Several messages are on their way at once, never more than the server's Receive Maximum. After
/// a lost connection everything unacknowledged is sent again in order: the server knows repetitions by their id.
/// </summary>
internal sealed class DevicePublisher(MqttAddress address, string district, PublishingDevice device, Tally tally, TimeProvider clock) : IDisposable
{
    /// <summary>Messages on their way at once, when the server allows as many.</summary>
    public const int InFlightMax = 200;

    /// <summary>How long a server may be away in the middle of a run.</summary>
    public static readonly TimeSpan GiveUpAfter = TimeSpan.FromSeconds(60);

    /// <summary>How long the first connection is tried.</summary>
    public static readonly TimeSpan GiveUpFirstAfter = TimeSpan.FromSeconds(4);

    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan RedialAfterMin = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan RedialAfterMax = TimeSpan.FromSeconds(2);

    private readonly Queue<(OutgoingMessage Message, Task<bool> Answered)> inFlight = new();
    private readonly Dictionary<string, string> topics = new(StringComparer.Ordinal);
    private Func<CancellationToken, Task<string>>? renewToken = device.RenewToken;
    private string token = device.Token;
    private IMqttClient? client;
    private int window = InFlightMax;

    public string Device => device.Id;

    /// <summary>Publishes everything that comes and returns when all of it is answered.</summary>
    public async Task RunAsync(ChannelReader<OutgoingMessage> messages, Action answered, CancellationToken cancellation)
    {
        await ConnectAsync(GiveUpFirstAfter, cancellation);
        while (await AnyAsync(messages, answered, cancellation))
        {
            while (messages.TryRead(out var message))
            {
                tally.CountSent();
                await SettleAsync(window - 1, answered, cancellation);
                inFlight.Enqueue((message, PublishAsync(message, answered, cancellation)));
            }
        }

        await SettleAsync(0, answered, cancellation);
        await client!.DisconnectAsync(new MqttClientDisconnectOptions(), cancellation);
    }

    /// <summary>Whether the server knows the token. Throws when no server answers.</summary>
    public async Task<bool> CanLogInAsync(CancellationToken cancellation)
    {
        try
        {
            await ConnectAsync(GiveUpFirstAfter, cancellation);
            await client!.DisconnectAsync(new MqttClientDisconnectOptions(), cancellation);
            return true;
        }
        catch (CliFailure failure) when (failure.Code == ExitCode.Refused)
        {
            return false;
        }
    }

    public void Dispose() => client?.Dispose();

    /// <summary>Waits for the next message, and meanwhile notices a lost connection. False when no more messages come.</summary>
    private async Task<bool> AnyAsync(ChannelReader<OutgoingMessage> messages, Action answered, CancellationToken cancellation)
    {
        var next = messages.WaitToReadAsync(cancellation).AsTask();
        while (!next.IsCompleted && inFlight.TryPeek(out var head))
        {
            await Task.WhenAny(next, head.Answered);
            await SettleAsync(inFlight.Count, answered, cancellation);
        }

        return await next;
    }

    /// <summary>Waits until at most <paramref name="most"/> are unanswered; what a lost connection left unanswered is sent again.</summary>
    private async Task SettleAsync(int most, Action answered, CancellationToken cancellation)
    {
        while (inFlight.Count > most || (inFlight.TryPeek(out var head) && head.Answered.IsCompleted))
        {
            if (await inFlight.Peek().Answered)
            {
                inFlight.Dequeue();
                continue;
            }

            await RedeliverAsync(answered, cancellation);
        }
    }

    private async Task RedeliverAsync(Action answered, CancellationToken cancellation)
    {
        tally.CountReconnect();
        client!.Dispose();
        var unanswered = new List<OutgoingMessage>();
        while (inFlight.TryDequeue(out var sent))
        {
            if (!await sent.Answered)
            {
                unanswered.Add(sent.Message);
            }
        }

        await ConnectAsync(GiveUpAfter, cancellation);
        foreach (var message in unanswered)
        {
            tally.CountRedelivered();
            inFlight.Enqueue((message, PublishAsync(message, answered, cancellation)));
        }
    }

    /// <summary>True when the server answered, whatever it said; false when the connection was lost before.</summary>
    private async Task<bool> PublishAsync(OutgoingMessage message, Action answered, CancellationToken cancellation)
    {
        MqttClientPublishReasonCode code;
        try
        {
            var packet = new MqttApplicationMessage
            {
                Topic = Topic(message.Kind),
                PayloadSegment = message.Payload,
                QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
            };
            code = (await client!.PublishAsync(packet, cancellation)).ReasonCode;
        }
        catch (Exception lost) when (!cancellation.IsCancellationRequested && IsConnectionLoss(lost))
        {
            return false;
        }

        switch (code)
        {
            case MqttClientPublishReasonCode.Success or MqttClientPublishReasonCode.NoMatchingSubscribers:
                tally.CountAccepted();
                break;
            case MqttClientPublishReasonCode.PayloadFormatInvalid:
                tally.CountQuarantined();
                break;
            default:
                tally.CountRefused();
                break;
        }

        answered();
        return true;
    }

    private static bool IsConnectionLoss(Exception lost) => lost
        is MQTTnet.Exceptions.MqttCommunicationException
        or MQTTnet.Exceptions.MqttProtocolViolationException
        or OperationCanceledException
        or ObjectDisposedException
        or InvalidOperationException
        or IOException;

    private string Topic(string kind)
    {
        if (!topics.TryGetValue(kind, out var topic))
        {
            topic = $"sc/v1/{district}/{device.Id}/{kind}";
            topics.Add(kind, topic);
        }

        return topic;
    }

    private async Task ConnectAsync(TimeSpan giveUpAfter, CancellationToken cancellation)
    {
        var began = clock.GetTimestamp();
        for (var wait = RedialAfterMin; ; wait = wait * 2 < RedialAfterMax ? wait * 2 : RedialAfterMax)
        {
            client?.Dispose();
            client = new MqttClientFactory().CreateMqttClient();
            if (await DialAsync(client, cancellation))
            {
                return;
            }

            if (clock.GetElapsedTime(began) >= giveUpAfter)
            {
                throw CliFailure.Unavailable(
                    $"No MQTT server answers at {address}.",
                    "Start it (dotnet run --project src/SmartCommunity.Host), or give its address with --mqtt or SC_MQTT.");
            }

            await Task.Delay(wait, clock, cancellation);
        }
    }

    /// <summary>True when connected; false when it is worth another try.</summary>
    private async Task<bool> DialAsync(IMqttClient dialled, CancellationToken cancellation)
    {
        MqttClientConnectResult answer;
        try
        {
            answer = await dialled.ConnectAsync(Options(), cancellation);
        }
        catch (Exception lost) when (!cancellation.IsCancellationRequested && IsConnectionLoss(lost))
        {
            return false;
        }

        switch (answer.ResultCode)
        {
            case MqttClientConnectResultCode.Success:
                window = answer.ReceiveMaximum is { } most and > 0 and < InFlightMax ? most : InFlightMax;
                return true;
            case MqttClientConnectResultCode.BadUserNameOrPassword or MqttClientConnectResultCode.NotAuthorized when renewToken is not null:
                token = await renewToken(cancellation);
                renewToken = null;
                return await DialAsync(dialled, cancellation);
            case MqttClientConnectResultCode.BadUserNameOrPassword or MqttClientConnectResultCode.NotAuthorized:
                throw CliFailure.Refused($"The server does not know the token of {device.Id}.", $"sc device rotate {device.Id} makes a new one.");
            default:
                return false;
        }
    }

    private MqttClientOptions Options()
    {
        var builder = new MqttClientOptionsBuilder()
            .WithTcpServer(address.Host, address.Port)
            .WithProtocolVersion(MQTTnet.Formatter.MqttProtocolVersion.V500)
            .WithClientId($"{device.Id}:sc")
            .WithCredentials(token)
            .WithTimeout(AnswerTimeout)
            .WithKeepAlivePeriod(TimeSpan.FromSeconds(60))
            .WithCleanStart();
        return (address.Tls ? builder.WithTlsOptions(tls => tls.UseTls()) : builder).Build();
    }
}
