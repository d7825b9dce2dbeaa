using System.Threading.Channels;
using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.Webhooks;
using SmartCommunity.Grains;
using SmartCommunity.Grains.Feed;
using SmartCommunity.Grains.Webhooks;
using SmartCommunity.Webhooks.Sending;

namespace SmartCommunity.Webhooks.Delivering;

/// <summary>Why a delivery ended.</summary>
internal enum DeliveryEnd
{
    None = 0,

    /// <summary>It was told to.</summary>
    Stopped = 1,

    /// <summary>The webhook was changed, or somebody else delivers it.</summary>
    LeaseLost = 2,

    /// <summary>The server said that nobody is there any more; the webhook is paused.</summary>
    Gone = 3,
}

/// <summary>
/// Delivers one webhook under one lease: reads the feed from the cursor into a bounded window, sends the oldest event of every entity side by side, and
/// writes the cursor. An event is sent until it is answered; nothing is skipped.
/// </summary>
internal sealed class Delivery(WebhookLease lease, AreaCode district, IWebhookGrain grain, DeliveryRoom room) : IDisposable
{
    /// <summary>The lease is kept with a word this often.</summary>
    private static readonly TimeSpan KeepEvery = TimeSpan.FromSeconds(WebhookLease.Seconds / 3.0);

    /// <summary>Positions that concern others: the cursor is written for their sake only when so many have gone by, so that writing it does not move it.</summary>
    private const int ForeignPositionsMax = 4_096;

    private readonly DeliveryWindow window = new(lease.Progress.Cursor);
    private readonly Circuit circuit = new(lease.Progress with { FailingSince = null, NextAttempt = null }, room.Options, Random.Shared);
    private readonly SemaphoreSlim places = new(room.Options.WindowEventsMax);
    private readonly Channel<bool> work = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Channel<bool> look = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private WebhookProgress saved = lease.Progress;
    private DeliveryEnd end;

    private Webhook Webhook => lease.Webhook;

    /// <summary>Events read and not answered.</summary>
    public int Held => window.Count;

    /// <summary>When the next probe may go; null while nothing fails.</summary>
    public DateTimeOffset? OpenUntil => circuit.OpenUntil;

    public void Dispose() => places.Dispose();

    /// <summary>The webhook may have changed: ask whether the lease still holds.</summary>
    public void Look() => look.Writer.TryWrite(true);

    /// <summary>Runs until it is cancelled, the lease is lost, or the server is gone. Throws when the feed or the store is away.</summary>
    public async Task<DeliveryEnd> RunAsync(CancellationToken cancellation)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task[] parts = [ReadAsync(ending.Token), SendAsync(ending.Token), SaveAsync(ending.Token)];
        await Task.WhenAny(parts);
        await ending.CancelAsync();
        try
        {
            await Task.WhenAll(parts);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // Each part ends so.
        }

        if (end is DeliveryEnd.None or DeliveryEnd.Stopped)
        {
            await ReportAsync(Progress());
        }

        return end == DeliveryEnd.None ? DeliveryEnd.Stopped : end;
    }

    private async Task ReadAsync(CancellationToken cancellation)
    {
        var filter = new FeedFilter(Webhook.Area, Webhook.Kinds.Select(kind => (FeedKind)(int)kind).ToHashSet());
        await foreach (var batch in room.Feed.WatchAsync(district.ToString(), filter, lease.Progress.Cursor, cancellation))
        {
            foreach (var item in batch.Items)
            {
                await places.WaitAsync(cancellation);
                window.Add(item);
                work.Writer.TryWrite(true);
            }

            window.ReadTo(batch.Cursor);
        }
    }

    private async Task SendAsync(CancellationToken cancellation)
    {
        var underWay = new List<Task>();
        try
        {
            while (!cancellation.IsCancellationRequested)
            {
                underWay.RemoveAll(task => task.IsCompletedSuccessfully);
                if (circuit.OpenUntil is { } until)
                {
                    await Task.WhenAll(underWay);
                    underWay.Clear();
                    await ProbeAsync(until, cancellation);
                    continue;
                }

                while (underWay.Count < room.Options.ParallelMax && circuit.OpenUntil is null && window.Take() is { } next)
                {
                    underWay.Add(AttemptAsync(next, isProbe: false, cancellation));
                }

                await work.Reader.ReadAsync(cancellation);
            }
        }
        finally
        {
            await Task.WhenAll(underWay).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Waits, and sends one of the events that have failed.</summary>
    private async Task ProbeAsync(DateTimeOffset until, CancellationToken cancellation)
    {
        if (until - room.Time.GetUtcNow() is var wait && wait > TimeSpan.Zero)
        {
            await Task.Delay(wait, room.Time, cancellation);
        }

        if ((window.TakeFailed() ?? window.Take()) is { } probe)
        {
            await AttemptAsync(probe, isProbe: true, cancellation);
        }
        else
        {
            // What had failed was taken once more before the circuit was seen to be open, and got through.
            circuit.Close();
        }
    }

    private async Task AttemptAsync(Waiting waiting, bool isProbe, CancellationToken cancellation)
    {
        // Off the caller's thread: the next entity need not wait for this one's body to be written.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        var attempt = await room.SendAsync(district, Webhook, waiting.Item, cancellation);
        var now = room.Time.GetUtcNow();
        if (attempt.IsDelivered)
        {
            window.Answered(waiting);
            circuit.Delivered(now, isProbe);
            room.Meters.Delivered(attempt.Took);
            places.Release();
        }
        else
        {
            window.PutBack(waiting);
            var failures = circuit.Failed(attempt, CloudEvent.IdOf(waiting.Item.Entry), now, isProbe);
            room.Meters.Failed(district, Webhook.Id, attempt, failures);
            end = attempt.IsGone ? DeliveryEnd.Gone : end;
            Look();
        }

        work.Writer.TryWrite(true);
    }

    private WebhookProgress Progress() => circuit.ProgressAt(window.Cursor);

    private async Task SaveAsync(CancellationToken cancellation)
    {
        var keptAt = room.Time.GetTimestamp();
        var every = TimeSpan.FromMilliseconds(room.Options.SaveEveryMs);
        while (true)
        {
            var looks = await WaitAsync(every, cancellation);
            if (end == DeliveryEnd.Gone)
            {
                await grain.Gone(lease.Token, Progress());
                return;
            }

            var now = Progress();
            var isNews = now with { Cursor = saved.Cursor } != saved || now.Cursor - saved.Cursor >= ForeignPositionsMax;
            if (!isNews && !looks && room.Time.GetElapsedTime(keptAt) < KeepEvery)
            {
                continue;
            }

            keptAt = room.Time.GetTimestamp();
            if (!await ReportAsync(isNews ? now : null))
            {
                end = DeliveryEnd.LeaseLost;
                return;
            }
        }
    }

    /// <summary>True when somebody wants to know whether the lease still holds; false when the time is up.</summary>
    private async Task<bool> WaitAsync(TimeSpan every, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(every, room.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        try
        {
            return await look.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return false;
        }
    }

    private async Task<bool> ReportAsync(WebhookProgress? progress)
    {
        var isKept = progress is null ? await grain.Keep(lease.Token) : await grain.Report(lease.Token, progress);
        saved = isKept && progress is not null ? progress : saved;
        return isKept;
    }
}
