using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Domain.Views;
using SmartCommunity.Grains;
using SmartCommunity.Storage;

namespace SmartCommunity.Webhooks.Delivering;

/// <summary>
/// Sees to it that every live webhook has its runner: at the start, when a commit changes a webhook, and again and again in case a lease of another silo ran out.
/// The lease in the grain decides who sends; so every silo may run this.
/// </summary>
internal sealed class WebhookDispatch(IGrainFactory grains, IViews views, IJournal journal, DeliveryRoom room) : BackgroundService
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(10);

    private readonly string holder = Guid.NewGuid().ToString("N");
    private readonly ConcurrentDictionary<(string District, string Id), WebhookRunner> runners = new();
    private readonly Channel<bool> changed = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Events read and not answered, of all webhooks.</summary>
    public int Held => runners.Values.Sum(runner => runner.Held);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var subscription = journal.Subscribe(Committed);
        using var ticks = room.Time.CreateTimer(_ => changed.Writer.TryWrite(true), null, LookEvery, LookEvery);
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                await StartMissingAsync(stoppingToken);
                await changed.Reader.ReadAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // An orderly stop.
        }
        finally
        {
            await Task.WhenAll(runners.Values.Select(runner => runner.DisposeAsync().AsTask()));
            runners.Clear();
        }
    }

    /// <summary>On the store's thread: drops a word and goes.</summary>
    private void Committed(CommitNotice notice)
    {
        foreach (var view in notice.Views)
        {
            if (view.Kind == ViewKinds.Webhook)
            {
                if (runners.TryGetValue((view.District, view.Id), out var runner))
                {
                    runner.Look();
                }

                changed.Writer.TryWrite(true);
            }
        }
    }

    private async Task StartMissingAsync(CancellationToken cancellation)
    {
        try
        {
            foreach (var (key, runner) in runners)
            {
                if (runner.IsOver && runners.TryRemove(key, out _))
                {
                    await runner.DisposeAsync();
                }
            }

            foreach (var district in await views.DistrictsAsync(cancellation))
            {
                var live = await views.ListAsync(
                    new(district, ViewKinds.Webhook, room.Options.RunningMax, Status: ViewStatus.Active), cancellation);
                foreach (var row in live)
                {
                    Start(district, row.Id);
                }
            }
        }
        catch (Exception failure) when (!cancellation.IsCancellationRequested && failure is not OutOfMemoryException)
        {
            room.Meters.LookFailed(failure);
        }
    }

    private void Start(string district, string id)
    {
        if (runners.ContainsKey((district, id)) || !WebhookId.TryParse(id, out var webhook))
        {
            return;
        }

        if (runners.Count >= room.Options.RunningMax)
        {
            room.Meters.TooMany(district, webhook, room.Options.RunningMax);
            return;
        }

        var code = GrainKeys.DistrictOf(district);
        var runner = new WebhookRunner(code, webhook, grains.Webhook(code, webhook), holder, room);
        runners[(district, id)] = runner;
        runner.Start();
    }
}
