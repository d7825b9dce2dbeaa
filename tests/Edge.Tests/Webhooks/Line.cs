using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.Commands;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Domain.Webhooks;
using SmartCommunity.Grains.Feed;
using SmartCommunity.Grains.Webhooks;
using SmartCommunity.Storage;
using SmartCommunity.Webhooks;
using SmartCommunity.Webhooks.Delivering;
using SmartCommunity.Webhooks.Sending;

namespace SmartCommunity.Edge.Tests.Webhooks;

/// <summary>One webhook's delivery between a log in memory and a real server.</summary>
internal sealed class Line : IDisposable
{
    public static readonly AreaCode District = AreaCode.Parse("340104");

    private readonly WebhookMeters meters = new(NullLogger<WebhookMeters>.Instance);
    private readonly WebhookSender sender;

    public Line(Uri url, WebhookOptions? options = null, TimeProvider? time = null)
    {
        var settings = Options.Create(options ?? new WebhookOptions { AllowLoopback = true, RetryFirstMs = 1, RetryMsMax = 20, SaveEveryMs = 10 });
        Clock = new(time ?? TimeProvider.System);
        sender = new(Signing, Clock, settings);
        Room = new(Log, new PlainEvents(), sender, Clock, settings, meters);
        Grain = new(new(
            WebhookId.Parse("crm"), url.ToString(), string.Empty, [], string.Empty, false, null, [Signing.New()], 0, Clock.Time.GetUtcNow(), 1));
    }

    public SigningKey Signing { get; } = SigningKey.Random();

    public WebhookClock Clock { get; }

    public FakeLog Log { get; } = new();

    public DeliveryRoom Room { get; }

    public FakeGrain Grain { get; }

    public WebhookSender Sender => sender;

    public byte[] Secret(int index = 0) => Signing.SecretOf(District, Grain.Webhook.Id, Grain.Webhook.Secrets[index])!;

    /// <summary>A delivery under a new lease.</summary>
    public async Task<Delivery> LeaseAsync() => new((await Grain.Lease("test")).Value!, District, Grain, Room);

    public void Dispose()
    {
        sender.Dispose();
        meters.Dispose();
    }

    private sealed class PlainEvents : IPublicEvents
    {
        public string Json(FeedItem item, AreaCode district) => $$"""{"cursor":"{{item.Entry.Position}}"}""";
    }
}

/// <summary>A log in memory: entity and position, in pages.</summary>
internal sealed class FakeLog : IFeed
{
    private const int PageItems = 100;

    private readonly Lock gate = new();
    private readonly List<FeedItem> items = [];
    private TaskCompletionSource more = New();

    /// <summary>The highest position that a reader was given.</summary>
    public long HandedOut { get; private set; }

    public IReadOnlyList<(string Entity, long Position)> Written
    {
        get
        {
            lock (gate)
            {
                return [.. items.Select(i => (i.Entry.Stream, i.Entry.Position))];
            }
        }
    }

    /// <summary>Writes events of entities by chance, every third position somebody else's.</summary>
    public void Write(int events, int entities, Random random)
    {
        lock (gate)
        {
            for (var i = 0; i < events; i++)
            {
                var entry = new JournalEntry
                {
                    Position = ((items.Count + 1) * 3) + random.Next(2),
                    District = Line.District.ToString(),
                    Stream = $"buildings/B{random.Next(entities)}",
                    Area = "340104001001001",
                    AtMs = 1_763_856_000_000 + i,
                    RecordedMs = 1_763_856_000_000 + i,
                    Type = "alarm-raised/1",
                };
                items.Add(new(FeedKind.Alarm, entry));
            }

            more.TrySetResult();
            more = New();
        }
    }

    public async IAsyncEnumerable<FeedBatch> WatchAsync(
        string district, FeedFilter filter, long? afterPosition, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var cursor = afterPosition ?? 0;
        while (true)
        {
            FeedItem[] page;
            Task news;
            lock (gate)
            {
                page = [.. items.Where(i => i.Entry.Position > cursor).Take(PageItems)];
                news = more.Task;
                HandedOut = page.Length > 0 ? page[^1].Entry.Position : HandedOut;
            }

            if (page.Length == 0)
            {
                await news.WaitAsync(cancellation);
                continue;
            }

            cursor = page[^1].Entry.Position;
            yield return new(page, cursor);
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>What a delivery asks of its webhook's grain, without a silo.</summary>
internal sealed class FakeGrain(Webhook webhook) : IWebhookGrain
{
    private string token = string.Empty;

    public Webhook Webhook { get; private set; } = webhook;

    public WebhookProgress Progress { get; private set; } = new(0);

    public List<WebhookProgress> Reports { get; } = [];

    public Task<Outcome<WebhookLease>> Lease(string holder)
    {
        token = Guid.NewGuid().ToString();
        return Task.FromResult<Outcome<WebhookLease>>(new WebhookLease(token, Webhook, Progress));
    }

    public Task<bool> Keep(string lease) => Task.FromResult(lease == token);

    public Task<bool> Report(string lease, WebhookProgress progress)
    {
        if (lease == token)
        {
            Reports.Add(progress);
            Progress = progress;
        }

        return Task.FromResult(lease == token);
    }

    public async Task<bool> Gone(string lease, WebhookProgress progress)
    {
        Webhook = Webhook with { Paused = true, PausedBecause = WebhookDecider.GoneReason };
        return await Report(lease, progress);
    }

    /// <summary>Changes the webhook, and so ends the lease.</summary>
    public void Change(Func<Webhook, Webhook> change, long? cursor = null)
    {
        token = string.Empty;
        Webhook = change(Webhook);
        Progress = cursor is { } given ? new(given) : Progress;
    }

    public Task<Outcome<Webhook>> Define(Webhook webhook, WriteCondition condition, CommandContext context) => throw new NotSupportedException();

    public Task<Outcome<Webhook>> Rotate(int oldValidSeconds, CommandContext context) => throw new NotSupportedException();

    public Task<Outcome<Webhook>> Replay(long? cursor, DateTimeOffset? from, CommandContext context) => throw new NotSupportedException();

    public Task<Outcome<Webhook>> Delete(WriteCondition condition, CommandContext context) => throw new NotSupportedException();
}
