using System.Runtime.CompilerServices;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Grains.Observing;
using SmartCommunity.Storage;

namespace SmartCommunity.Grains.Feed;

/// <summary>
/// One tail of the log a silo, woken by commits, running only while somebody watches. Each watcher keeps its own cursor: it takes stretches from the
/// ring while it keeps up and reads the store when it does not, so a slow one slows nobody and loses nothing.
/// </summary>
internal sealed class LiveFeed : IFeed, IHostedService, IDisposable
{
    private static readonly TimeSpan RetryAfterFailure = TimeSpan.FromSeconds(1);

    private readonly IJournal journal;
    private readonly TimeProvider time;
    private readonly GrainMeters meters;
    private readonly GrainsOptions options;
    private readonly FeedRing ring;
    private readonly CancellationTokenSource stopping = new();
    private readonly IDisposable subscription;
    private readonly ITimer heartbeat;
    private readonly Lock gate = new();
    private readonly Dictionary<string, int> watchers = new(StringComparer.Ordinal);
    private readonly FeedSignal committed = new();
    private readonly FeedSignal advanced = new();
    private int watcherCount;
    private Task tail = Task.CompletedTask;

    public LiveFeed(IJournal journal, RoomClock clock, IOptions<GrainsOptions> options, GrainMeters meters)
    {
        this.journal = journal;
        time = clock.Time;
        this.meters = meters;
        this.options = options.Value;
        ring = new(options.Value.FeedRingEntriesMax);
        subscription = journal.Subscribe(_ => committed.Raise());
        // Twice in its time: whoever was told something just after a look is told again before the time is up.
        var beat = TimeSpan.FromSeconds(options.Value.FeedHeartbeatSeconds) / 2;
        heartbeat = time.CreateTimer(_ => advanced.Raise(), null, beat, beat);
    }

    /// <summary>Entries in the ring now.</summary>
    public long EntriesHeld => ring.Entries;

    /// <summary>How many watch now.</summary>
    public int Watchers => Volatile.Read(ref watcherCount);

    public async IAsyncEnumerable<FeedBatch> WatchAsync(
        string district,
        FeedFilter filter,
        long? afterPosition,
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(filter);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, stopping.Token);
        var cursor = afterPosition ?? journal.CommittedPosition;
        Enter(district);
        try
        {
            var told = time.GetTimestamp();
            while (!either.IsCancellationRequested)
            {
                var news = advanced.Next;
                var before = cursor;
                var items = new List<FeedItem>();
                // What small commits brought goes out together to whoever has fallen behind them.
                while (items.Count < options.FeedPageEntriesMax
                    && (ring.Find(cursor, out var isBehind) ?? (isBehind && items.Count == 0 ? await ReadAsync(cursor, district, either.Token) : null)) is { } stretch)
                {
                    Select(stretch, district, filter, cursor, items);
                    cursor = stretch.Through;
                }

                if (items.Count > 0 || time.GetElapsedTime(told).TotalSeconds * 2 >= options.FeedHeartbeatSeconds)
                {
                    told = time.GetTimestamp();
                    yield return new(items, cursor);
                }
                else if (cursor == before)
                {
                    await news.WaitAsync(either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                }
            }

            cancellation.ThrowIfCancellationRequested();
        }
        finally
        {
            Leave(district);
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await stopping.CancelAsync();
        committed.Raise();
        await tail.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose()
    {
        subscription.Dispose();
        heartbeat.Dispose();
        stopping.Dispose();
    }

    private static void Select(FeedStretch stretch, string district, FeedFilter filter, long cursor, List<FeedItem> items)
    {
        foreach (var entry in stretch.Entries)
        {
            if (entry.Position > cursor
                && entry.District == district
                && entry.Area.StartsWith(filter.AreaPrefix, StringComparison.Ordinal)
                && FeedKinds.Of(entry) is var kind
                && kind != FeedKind.None
                && (filter.Kinds.Count == 0 || filter.Kinds.Contains(kind)))
            {
                items.Add(new(kind, entry));
            }
        }
    }

    private async ValueTask<FeedStretch?> ReadAsync(long cursor, string? district, CancellationToken cancellation)
    {
        try
        {
            var page = await journal.ReadFeedAsync(cursor, options.FeedPageEntriesMax, district, cancellation);
            return page.NextPosition > cursor ? new(cursor, page.NextPosition, page.Entries) : null;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return null;
        }
    }

    private void Enter(string district)
    {
        lock (gate)
        {
            var here = watchers.GetValueOrDefault(district);
            if (watcherCount >= options.WatchersMax || here >= options.WatchersPerDistrictMax)
            {
                throw new TooManyWatchersException(new(
                    RefusalCode.TooMany,
                    "",
                    $"At most {options.WatchersPerDistrictMax} watchers of a district and {options.WatchersMax} of a silo.",
                    "Close a watcher, or try again later with the last cursor."));
            }

            watchers[district] = here + 1;
            if (++watcherCount == 1)
            {
                tail = RunTailAsync(tail);
            }
        }
    }

    private void Leave(string district)
    {
        lock (gate)
        {
            var left = watchers[district] - 1;
            if (left == 0)
            {
                watchers.Remove(district);
            }
            else
            {
                watchers[district] = left;
            }

            if (--watcherCount == 0)
            {
                committed.Raise();
            }
        }
    }

    /// <summary>Runs while there are watchers. A new one begins only after the one before it has ended.</summary>
    private async Task RunTailAsync(Task before)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        ring.Restart(journal.CommittedPosition);
        advanced.Raise();
        while (!stopping.IsCancellationRequested && Watchers > 0)
        {
            var more = committed.Next;
            try
            {
                if (await ReadAsync(ring.Through, null, stopping.Token) is { } stretch)
                {
                    ring.Push(stretch);
                    advanced.Raise();
                }
                else
                {
                    await more;
                }
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                meters.BackgroundFailed("Reading the feed", exception);
                await Task.Delay(RetryAfterFailure, time, stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}
