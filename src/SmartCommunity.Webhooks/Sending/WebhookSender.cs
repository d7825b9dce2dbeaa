using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Microsoft.Extensions.Options;
using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.Webhooks;
using SmartCommunity.Grains;
using SmartCommunity.Grains.Webhooks;

namespace SmartCommunity.Webhooks.Sending;

/// <summary>
/// Sends one signed request and says what came of it. It follows no redirect, keeps no cookie, uses no proxy, and reads nothing of the answer but its head:
/// a body that trickles costs the other side its connection, not us our memory.
/// </summary>
internal sealed class WebhookSender : IWebhookProbe, IDisposable
{
    /// <summary>Largest head of an answer, KiB.</summary>
    private const int AnswerHeadKiBMax = 16;

    /// <summary>So much of an answer's body is read over so that the connection can be used again; with more it is closed.</summary>
    private const int AnswerDrainBytesMax = 64 << 10;

    /// <summary>Connections to one server.</summary>
    private const int ConnectionsPerServerMax = 64;

    private static readonly TimeSpan AnswerDrainTimeMax = TimeSpan.FromSeconds(1);

    /// <summary>A name is looked up again after this time.</summary>
    private static readonly TimeSpan ConnectionAgeMax = TimeSpan.FromMinutes(2);

    private readonly HttpClient client;
    private readonly SigningKey signing;
    private readonly WebhookClock clock;
    private readonly WebhookOptions options;

    public WebhookSender(SigningKey signing, WebhookClock clock, IOptions<WebhookOptions> options)
    {
        this.signing = signing;
        this.clock = clock;
        this.options = options.Value;
        var guard = new GuardedConnect(options.Value);
        client = new(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ConnectCallback = guard.ConnectAsync,
            MaxConnectionsPerServer = ConnectionsPerServerMax,
            MaxResponseHeadersLength = AnswerHeadKiBMax,
            MaxResponseDrainSize = AnswerDrainBytesMax,
            ResponseDrainTimeout = AnswerDrainTimeMax,
            PooledConnectionLifetime = ConnectionAgeMax,
            ActivityHeadersPropagator = null,
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        client.DefaultRequestHeaders.UserAgent.Add(new("SmartCommunity", "1"));
    }

    public async Task<WebhookAnswer> PingAsync(string district, Webhook webhook, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(webhook);
        var ping = CloudEvent.Ping(district, webhook.Id.ToString(), clock.Time.GetUtcNow());
        var attempt = await SendAsync(GrainKeys.DistrictOf(district), webhook, ping, cancellation);
        return new(attempt.Status, attempt.Reason, attempt.Took, ping.Id);
    }

    /// <summary>Throws only when it is cancelled.</summary>
    public async Task<Attempt> SendAsync(AreaCode district, Webhook webhook, CloudEvent message, CancellationToken cancellation)
    {
        var now = clock.Time.GetUtcNow();
        var secrets = webhook.Secrets.Where(s => s.IsValidAt(now)).Select(s => signing.SecretOf(district, webhook.Id, s)).OfType<byte[]>().ToArray();
        if (secrets.Length == 0)
        {
            return new(0, "The secret was made with the signing key of another installation; rotate it.", TimeSpan.Zero);
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, webhook.Url) { Content = new ByteArrayContent(message.Body) };
        var timestamp = now.ToUnixTimeSeconds();
        request.Content.Headers.ContentType = new(CloudEvent.ContentType) { CharSet = "utf-8" };
        request.Headers.Add(Signature.IdHeader, message.Id);
        request.Headers.Add(Signature.TimestampHeader, timestamp.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add(Signature.SignatureHeader, Signature.Of(secrets, message.Id, timestamp, message.Body));
        return await SendAsync(request, cancellation);
    }

    public void Dispose() => client.Dispose();

    private async Task<Attempt> SendAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        var began = clock.Time.GetTimestamp();
        TimeSpan Took() => clock.Time.GetElapsedTime(began);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(options.AnswerSecondsMax), clock.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        try
        {
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            var status = (int)response.StatusCode;
            return new(status, Reason(response.StatusCode), Took(), Wait(response.Headers.RetryAfter));
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new(0, $"No answer came within {options.AnswerSecondsMax} seconds.", Took());
        }
        catch (HttpRequestException failed)
        {
            return new(0, Reason(failed), Took());
        }
    }

    private static string Reason(HttpStatusCode status) => (int)status switch
    {
        >= 200 and < 300 => string.Empty,
        >= 300 and < 400 => string.Create(CultureInfo.InvariantCulture, $"The server answered {(int)status}; redirects are not followed, change the webhook's url."),
        _ => string.Create(CultureInfo.InvariantCulture, $"The server answered {(int)status}."),
    };

    private static string Reason(HttpRequestException failed) => failed switch
    {
        { InnerException: ConnectFailedException ours } => ours.Message,
        { HttpRequestError: HttpRequestError.SecureConnectionError } => "The server's certificate is not trusted, or TLS failed.",
        { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded } => "The head of the answer is too large.",
        _ => "The server broke the connection or answered no HTTP.",
    };

    private TimeSpan? Wait(RetryConditionHeaderValue? header) => header switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date - clock.Time.GetUtcNow(),
        _ => null,
    };
}
