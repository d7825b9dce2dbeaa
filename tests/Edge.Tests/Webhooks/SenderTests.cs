using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using SmartCommunity.Domain.Webhooks;
using SmartCommunity.Grains.Webhooks;
using SmartCommunity.Webhooks.Delivering;
using SmartCommunity.Webhooks.Sending;
using Xunit;

namespace SmartCommunity.Edge.Tests.Webhooks;

/// <summary>One request: what it carries, and what a hostile or careless server can do to us.</summary>
public sealed class SenderTests
{
    private static readonly WebhookOptions Quick = new() { AllowLoopback = true, AnswerSecondsMax = 1 };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Made by Python's hmac; docs/webhooks.md shows it.</summary>
    [Fact]
    public void The_signature_is_that_of_another_implementation()
    {
        var secret = Enumerable.Range(0, 32).Select(i => (byte)i).ToArray();
        Assert.Equal("whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", SigningKey.Text(secret));
        var body = Encoding.UTF8.GetBytes("""{"specversion":"1.0","id":"evt_340104_4711","data":{"area":"三里庵"}}""");
        Assert.Equal("v1,NeAtAou7uidwgEh+hzLCknNqGXa7odyA3C+9HGuJPfY=", Signature.Of(secret, "evt_340104_4711", 1763856000, body));
    }

    [Fact]
    public async Task A_request_is_a_signed_cloud_event_and_during_a_rotation_signed_twice()
    {
        await using var consumer = await Consumer.StartAsync();
        var time = new FakeTimeProvider(new(2026, 11, 23, 8, 0, 0, TimeSpan.Zero));
        using var line = new Line(consumer.Url, Quick, time);
        var old = line.Secret();
        line.Grain.Change(w => w with { Secrets = [line.Signing.New(), w.Secrets[0] with { ValidUntil = time.GetUtcNow().AddHours(1) }] });
        Assert.True((await PingAsync(line)).IsDelivered);
        var got = Assert.Single(consumer.Requests);
        Assert.Equal([Expected(line.Secret(), got), Expected(old, got)], got.Signature.Split(' '));
        Assert.Equal(time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture), got.Timestamp);
        using var json = JsonDocument.Parse(got.Body);
        Assert.Equal(("1.0", got.Id, "smartcommunity.ping"), (Text(json, "specversion"), Text(json, "id"), Text(json, "type")));

        time.Advance(TimeSpan.FromHours(1));
        Assert.True((await PingAsync(line)).IsDelivered);
        Assert.Equal(Expected(line.Secret(), consumer.Requests.Last()), consumer.Requests.Last().Signature);

        static string Text(JsonDocument json, string name) => json.RootElement.GetProperty(name).GetString()!;
    }

    // Seen to fail with AllowAutoRedirect left on.
    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        await using var consumer = await Consumer.StartAsync();
        consumer.Answer = http =>
        {
            http.Response.Headers.Location = "/elsewhere";
            return Task.FromResult(StatusCodes.Status307TemporaryRedirect);
        };
        using var line = new Line(consumer.Url, Quick);
        var attempt = await PingAsync(line);
        Assert.Equal((307, false), (attempt.Status, attempt.IsDelivered));
        Assert.Contains("redirects are not followed", attempt.Reason, StringComparison.Ordinal);
        Assert.Single(consumer.Requests);
    }

    // Seen to fail without the ConnectCallback.
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    [InlineData("[::ffff:127.0.0.1]")]
    public async Task A_name_that_leads_to_this_machine_is_not_connected_to(string host)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var line = new Line(new($"http://{host}:{((IPEndPoint)listener.LocalEndpoint).Port}/"), new());
        var attempt = await PingAsync(line);
        Assert.Contains("private network", attempt.Reason, StringComparison.Ordinal);
        Assert.False(listener.Pending());
    }

    [Theory]
    [InlineData("169.254.169.254")]
    [InlineData("10.0.0.1")]
    [InlineData("[fe80::1]")]
    public async Task An_address_of_a_private_network_is_refused_though_loopback_is_allowed(string host)
    {
        using var line = new Line(new($"https://{host}/"), Quick);
        Assert.Contains("private network", (await PingAsync(line)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_said_to_be_so()
    {
        int port;
        using (var listener = new TcpListener(IPAddress.Loopback, 0))
        {
            listener.Start();
            port = ((IPEndPoint)listener.LocalEndpoint).Port;
        }

        using var line = new Line(new($"http://127.0.0.1:{port}/"), Quick);
        Assert.Equal(new(0, "The connection was refused.", TimeSpan.Zero), (await PingAsync(line)) with { Took = TimeSpan.Zero });
    }

    [Theory]
    [InlineData("", "No answer came within 1 seconds.")]
    [InlineData("HTTP/1.1 200 OK\r\nX-Slow: ", "No answer came within 1 seconds.")]
    [InlineData("SSH-2.0-OpenSSH_9.9\r\n", "The server broke the connection or answered no HTTP.")]
    public async Task A_server_that_trickles_or_talks_nonsense_is_given_up(string answer, string reason)
    {
        using var server = RawServer.Start(answer, more: null);
        using var line = new Line(server.Url, Quick);
        Assert.Equal(reason, (await PingAsync(line)).Reason);
    }

    [Fact]
    public async Task A_head_of_a_megabyte_is_not_read()
    {
        using var server = RawServer.Start("HTTP/1.1 200 OK\r\nX-Large: ", more: new string('a', 1 << 20));
        using var line = new Line(server.Url, Quick);
        var attempt = await PingAsync(line);
        Assert.False(attempt.IsDelivered);
    }

    /// <summary>The head decides; the body is never waited for.</summary>
    [Fact]
    public async Task A_body_without_end_is_not_read()
    {
        using var server = RawServer.Start("HTTP/1.1 200 OK\r\nContent-Length: 100000000000\r\n\r\n", more: new string('a', 1 << 16));
        using var line = new Line(server.Url, Quick);
        Assert.True((await PingAsync(line)).IsDelivered);
    }

    [Fact]
    public async Task A_secret_of_another_installation_signs_nothing()
    {
        await using var consumer = await Consumer.StartAsync();
        using var line = new Line(consumer.Url, Quick);
        line.Grain.Change(w => w with { Secrets = [SigningKey.Random().New()] });
        Assert.Contains("rotate it", (await PingAsync(line)).Reason, StringComparison.Ordinal);
        Assert.Empty(consumer.Requests);
    }

    [Fact]
    public async Task Retry_After_is_read_in_both_forms()
    {
        await using var consumer = await Consumer.StartAsync();
        var time = new FakeTimeProvider(new(2026, 11, 23, 8, 0, 0, TimeSpan.Zero));
        using var line = new Line(consumer.Url, Quick, time);
        foreach (var header in new[] { "90", "Mon, 23 Nov 2026 08:01:30 GMT" })
        {
            consumer.Answer = http =>
            {
                http.Response.Headers.RetryAfter = header;
                return Task.FromResult(StatusCodes.Status429TooManyRequests);
            };
            Assert.Equal(TimeSpan.FromSeconds(90), (await PingAsync(line)).RetryAfter);
        }
    }

    [Fact]
    public void Waits_double_up_to_their_cap_and_a_server_may_ask_for_longer_ones()
    {
        var options = new WebhookOptions();
        double Ms(int failures, double chance, TimeSpan? asked = null) => Backoff.After(failures, chance, asked, options).TotalMilliseconds;
        Assert.Equal([500, 1000, 2000, 4000], new[] { 1, 2, 3, 4 }.Select(n => Ms(n, 0)));
        Assert.Equal([1000, 2000, 4000, 8000], new[] { 1, 2, 3, 4 }.Select(n => Ms(n, 1)));
        Assert.Equal(options.RetryMsMax, Ms(10_000, 1));
        Assert.Equal(60_000, Ms(1, 0, TimeSpan.FromSeconds(60)));
        Assert.Equal(options.RetryAfterSecondsMax * 1000, Ms(1, 0, TimeSpan.FromDays(30)));
        Assert.Equal(500, Ms(1, 0, TimeSpan.FromSeconds(-5)));
    }

    private static Task<Attempt> PingAsync(Line line) => line.Sender.SendAsync(
        Line.District, line.Grain.Webhook, CloudEvent.Ping("340104", "crm", line.Clock.Time.GetUtcNow()), Cancellation);

    /// <summary>As a receiver computes it, without our code.</summary>
    private static string Expected(byte[] secret, Got got)
    {
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{got.Id}.{got.Timestamp}."), .. got.Body];
        return "v1," + Convert.ToBase64String(HMACSHA256.HashData(secret, signed));
    }

    /// <summary>Answers a text to whoever connects, then the same again and again, or nothing more.</summary>
    private sealed class RawServer : IDisposable
    {
        private readonly TcpListener listener = new(IPAddress.Loopback, 0);
        private readonly CancellationTokenSource ending = new();

        public Uri Url => new($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/");

        public static RawServer Start(string answer, string? more)
        {
            var server = new RawServer();
            server.listener.Start();
            _ = server.RunAsync(answer, more);
            return server;
        }

        public void Dispose()
        {
            ending.Cancel();
            listener.Dispose();
            ending.Dispose();
        }

        /// <summary>Ends with a failure when the other side goes away, as it should; nobody waits for it.</summary>
        private async Task RunAsync(string answer, string? more)
        {
            using var client = await listener.AcceptTcpClientAsync(ending.Token);
            var stream = client.GetStream();
            var buffer = new byte[4096];
            _ = await stream.ReadAsync(buffer, ending.Token);
            await stream.WriteAsync(Encoding.ASCII.GetBytes(answer), ending.Token);
            while (more is not null)
            {
                await stream.WriteAsync(Encoding.ASCII.GetBytes(more), ending.Token);
            }

            _ = await stream.ReadAsync(buffer, ending.Token);
        }
    }
}
