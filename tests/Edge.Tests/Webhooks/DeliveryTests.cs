using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using SmartCommunity.Grains.Webhooks;
using SmartCommunity.Webhooks.Delivering;
using SmartCommunity.Edge.Tests.Grpc;
using Xunit;

namespace SmartCommunity.Edge.Tests.Webhooks;

/// <summary>The promise: every event, at least once, in order for each entity; whatever the consumer does.</summary>
public sealed class DeliveryTests
{
    private static readonly int Seed = int.TryParse(Environment.GetEnvironmentVariable("SC_SIM_SEED"), CultureInfo.InvariantCulture, out var seed) ? seed : 20261123;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    // Seen to fail when the window offers the next event of an entity while one is under way.
    [Fact]
    public async Task Order_holds_for_each_entity_while_a_fifth_of_all_requests_fail()
    {
        await using var consumer = await Consumer.StartAsync();
        var random = new Random(Seed);
        consumer.Answer = async http =>
        {
            int chance;
            lock (random)
            {
                chance = random.Next(100);
            }

            if (chance < 5)
            {
                http.Abort();
                return StatusCodes.Status500InternalServerError;
            }

            // The others overtake, if anything lets them.
            await Task.Yield();
            return chance < 20 ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK;
        };
        using var line = new Line(consumer.Url);
        line.Log.Write(600, entities: 24, new(Seed));
        using var delivery = await line.LeaseAsync();
        await using var run = Running.Start(delivery);
        await AllTakenAsync(line, consumer);
        await run.StopAsync();

        consumer.AssertInOrder(line.Log.Written);
        Assert.Equal(600, consumer.Taken.Count);
        Assert.Equal(600, line.Grain.Progress.Delivered);
        Assert.Equal(line.Log.Written[^1].Position, line.Grain.Progress.Cursor);
        Assert.Null(line.Grain.Progress.FailingSince);
        Assert.NotNull(line.Grain.Progress.LastFailure);
        Assert.Equal(line.Grain.Reports.Select(r => r.Cursor).Order(), line.Grain.Reports.Select(r => r.Cursor));
    }

    // Seen to fail when the reader does not wait for a place in the window.
    [Fact]
    public async Task A_slow_consumer_costs_a_bounded_window_and_a_bounded_number_of_requests()
    {
        await using var consumer = await Consumer.StartAsync();
        var open = new TaskCompletionSource();
        var (underWay, most) = (0, 0);
        consumer.Answer = async _ =>
        {
            most = Math.Max(most, Interlocked.Increment(ref underWay));
            await open.Task;
            Interlocked.Decrement(ref underWay);
            return StatusCodes.Status200OK;
        };
        var options = new WebhookOptions { AllowLoopback = true, WindowEventsMax = 64, ParallelMax = 4, SaveEveryMs = 10 };
        using var line = new Line(consumer.Url, options);
        line.Log.Write(2_000, entities: 500, new(Seed));
        using var delivery = await line.LeaseAsync();
        await using var run = Running.Start(delivery);
        Assert.True(await Eventually.HoldsAsync(() => Task.FromResult(Volatile.Read(ref underWay) == 4 && delivery.Held == 64)));
        Assert.True(line.Log.HandedOut <= line.Log.Written[99].Position);
        Assert.Equal(0, line.Grain.Progress.Cursor);
        open.SetResult();
        await AllTakenAsync(line, consumer);
        await run.StopAsync();
        consumer.AssertInOrder(line.Log.Written);
        Assert.Equal(4, most);
    }

    [Fact]
    public async Task A_consumer_absent_for_six_hours_gets_everything_in_order_and_was_not_hammered()
    {
        await using var consumer = await Consumer.StartAsync();
        var isAway = true;
        consumer.Answer = _ => Task.FromResult(Volatile.Read(ref isAway) ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK);
        var time = new FakeTimeProvider(new(2026, 11, 23, 0, 0, 0, TimeSpan.Zero));
        using var line = new Line(consumer.Url, new() { AllowLoopback = true }, time);
        var random = new Random(Seed);
        line.Log.Write(1, 1, random);
        using var delivery = await line.LeaseAsync();
        await using var run = Running.Start(delivery);
        for (var step = 0; step < 6 * 120; step++)
        {
            Assert.True(await Eventually.HoldsAsync(() => Task.FromResult(delivery.OpenUntil > time.GetUtcNow())));
            line.Log.Write(1, entities: 12, random);
            time.Advance(TimeSpan.FromSeconds(30));
        }

        Assert.Empty(consumer.Taken);
        Assert.InRange(consumer.Requests.Count, 72, 170);
        // The clock stands while a request is under way: it would time out.
        Assert.True(await Eventually.HoldsAsync(() => Task.FromResult(delivery.OpenUntil > time.GetUtcNow())));
        Volatile.Write(ref isAway, false);
        while (delivery.OpenUntil is not null)
        {
            time.Advance(TimeSpan.FromSeconds(30));
            Assert.True(await Eventually.HoldsAsync(() => Task.FromResult(delivery.OpenUntil is null || delivery.OpenUntil > time.GetUtcNow())));
        }

        Assert.True(time.GetUtcNow() <= time.Start.AddHours(6).AddMilliseconds(line.Room.Options.RetryMsMax).AddSeconds(30));

        await AllTakenAsync(line, consumer);
        await run.StopAsync();
        consumer.AssertInOrder(line.Log.Written);
        Assert.Equal(721, consumer.Taken.Count);
    }

    [Fact]
    public async Task A_replay_sends_again_what_follows_the_cursor_in_order()
    {
        await using var consumer = await Consumer.StartAsync();
        using var line = new Line(consumer.Url);
        line.Log.Write(60, entities: 5, new(Seed));
        using (var first = await line.LeaseAsync())
        {
            await using var run = Running.Start(first);
            await AllTakenAsync(line, consumer);
            var from = line.Log.Written[19].Position;
            line.Grain.Change(w => w with { Revision = 2 }, cursor: from);
            first.Look();
            Assert.Equal(DeliveryEnd.LeaseLost, await run.EndAsync());
        }

        var ids = consumer.Taken.Select(t => t.Id).ToArray();
        consumer.Requests.Clear();
        using var second = await line.LeaseAsync();
        await using var again = Running.Start(second);
        Assert.True(await Eventually.HoldsAsync(() => Task.FromResult(consumer.Taken.Count == 40)));
        await again.StopAsync();
        consumer.AssertInOrder(line.Log.Written.Skip(20));
        Assert.Subset(ids.ToHashSet(), consumer.Taken.Select(t => t.Id).ToHashSet());
    }

    [Fact]
    public async Task A_server_that_is_gone_pauses_the_webhook_and_the_cursor_stays()
    {
        await using var consumer = await Consumer.StartAsync();
        consumer.Answer = _ => Task.FromResult(StatusCodes.Status410Gone);
        using var line = new Line(consumer.Url);
        line.Log.Write(10, entities: 10, new(Seed));
        using var delivery = await line.LeaseAsync();
        await using var run = Running.Start(delivery);
        Assert.Equal(DeliveryEnd.Gone, await run.EndAsync());
        Assert.True(line.Grain.Webhook.Paused);
        Assert.True(line.Grain.Progress.Cursor < line.Log.Written[0].Position);
        Assert.Equal(410, line.Grain.Progress.LastFailure?.Status);
    }

    [Fact]
    public async Task An_idle_webhook_writes_nothing_so_that_its_cursor_does_not_feed_itself()
    {
        await using var consumer = await Consumer.StartAsync();
        using var line = new Line(consumer.Url);
        line.Log.Write(3, entities: 1, new(Seed));
        using var delivery = await line.LeaseAsync();
        await using var run = Running.Start(delivery);
        await AllTakenAsync(line, consumer);
        Assert.True(await Eventually.HoldsAsync(() => Task.FromResult(line.Grain.Progress.Delivered == 3)));
        var written = line.Grain.Reports.Count;
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        await tick.WaitForNextTickAsync(Cancellation);
        Assert.Equal(written, line.Grain.Reports.Count);
    }

    private static async Task AllTakenAsync(Line line, Consumer consumer)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (consumer.Taken.Count < line.Log.Written.Count)
        {
            await tick.WaitForNextTickAsync(limit.Token);
        }
    }

    /// <summary>A delivery at work.</summary>
    private sealed class Running : IAsyncDisposable
    {
        private readonly CancellationTokenSource stopping = new();
        private readonly Task<DeliveryEnd> run;

        private Running(Delivery delivery) => run = delivery.RunAsync(stopping.Token);

        public static Running Start(Delivery delivery) => new(delivery);

        public Task<DeliveryEnd> EndAsync() => run.WaitAsync(TimeSpan.FromSeconds(20), Cancellation);

        public async Task StopAsync()
        {
            await stopping.CancelAsync();
            Assert.Equal(DeliveryEnd.Stopped, await EndAsync());
        }

        public async ValueTask DisposeAsync()
        {
            await stopping.CancelAsync();
            await ((Task)run).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            stopping.Dispose();
        }
    }
}
