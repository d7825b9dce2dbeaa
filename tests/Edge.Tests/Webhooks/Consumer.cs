using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace SmartCommunity.Edge.Tests.Webhooks;

/// <summary>One request that a consumer got.</summary>
internal sealed record Got(string Id, string Timestamp, string Signature, string Type, string Entity, long Position, byte[] Body, bool IsTaken);

/// <summary>A partner's server on a port of its own. What it answers is the test's to say; by default it takes everything.</summary>
internal sealed class Consumer : IAsyncDisposable
{
    private readonly WebApplication app;

    private Consumer(WebApplication app) => this.app = app;

    /// <summary>Every request, in the order it came in.</summary>
    public ConcurrentQueue<Got> Requests { get; } = new();

    /// <summary>Answers the status; the request is the one at hand.</summary>
    public Func<HttpContext, Task<int>> Answer { get; set; } = _ => Task.FromResult(StatusCodes.Status204NoContent);

    public Uri Url => new(app.Urls.First() + "/events");

    public IReadOnlyList<Got> Taken => [.. Requests.Where(r => r.IsTaken)];

    public static async Task<Consumer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration.Sources.Clear();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, o => o.Protocols = HttpProtocols.Http1));
        var consumer = new Consumer(builder.Build());
        consumer.app.Run(consumer.TakeAsync);
        await consumer.app.StartAsync();
        return consumer;
    }

    /// <summary>Its entity's requests that were taken, in order of the log, without gap or repetition.</summary>
    public void AssertInOrder(IEnumerable<(string Entity, long Position)> expected)
    {
        var taken = Taken.GroupBy(r => r.Entity).ToDictionary(g => g.Key, g => g.Select(r => r.Position).ToArray());
        foreach (var entity in expected.GroupBy(e => e.Entity))
        {
            Xunit.Assert.Equal(entity.Select(e => e.Position), taken.GetValueOrDefault(entity.Key) ?? []);
        }
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task TakeAsync(HttpContext http)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body);
        var bytes = body.ToArray();
        using var json = JsonDocument.Parse(bytes);
        var root = json.RootElement;
        var position = root.GetProperty("data").TryGetProperty("cursor", out var cursor) ? long.Parse(cursor.GetString()!, System.Globalization.CultureInfo.InvariantCulture) : 0;
        var status = await Answer(http);
        Requests.Enqueue(new(
            http.Request.Headers["webhook-id"].ToString(),
            http.Request.Headers["webhook-timestamp"].ToString(),
            http.Request.Headers["webhook-signature"].ToString(),
            root.GetProperty("type").GetString()!,
            root.GetProperty("partitionkey").GetString()!,
            position,
            bytes,
            status is >= 200 and < 300));
        if (!http.Response.HasStarted)
        {
            http.Response.StatusCode = status;
        }
    }
}
