using System.Threading.Channels;
using SmartCommunity.Cli.Connections;

namespace SmartCommunity.Cli.Playing;

/// <summary>
/// The connections of one run, one a device. A message goes to the queue of its device; a full queue makes the producer wait, so that memory stays
/// bounded however large the file. When one connection fails for good, all end.
/// </summary>
internal sealed class PublishPool : IDisposable
{
    /// <summary>Connections of one run: one process should not pretend to be a city.</summary>
    public const int DevicesMax = 1_000;

    /// <summary>Messages waiting for one device.</summary>
    public const int QueueMax = 1_000;

    private readonly Dictionary<string, Channel<OutgoingMessage>> queues = new(StringComparer.Ordinal);
    private readonly List<DevicePublisher> publishers = [];
    private readonly CancellationTokenSource stop;
    private readonly Task all;

    /// <param name="address">The listener.</param>
    /// <param name="district">Second segment of the topics.</param>
    /// <param name="devices">Who publishes.</param>
    /// <param name="tally">Counts.</param>
    /// <param name="answered">Called for each answered message, from any thread.</param>
    /// <param name="clock">Paces redials.</param>
    /// <param name="cancellation">Ends everything.</param>
    public PublishPool(
        MqttAddress address,
        string district,
        IReadOnlyCollection<PublishingDevice> devices,
        Tally tally,
        Action answered,
        TimeProvider clock,
        CancellationToken cancellation)
    {
        if (devices.Count > DevicesMax)
        {
            throw CliFailure.Refused($"{devices.Count} devices would need as many connections; one run opens at most {DevicesMax}.", "Split the file, or play fewer devices.");
        }

        stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var running = new List<Task>();
        foreach (var device in devices)
        {
            var queue = Channel.CreateBounded<OutgoingMessage>(new BoundedChannelOptions(QueueMax) { SingleReader = true, SingleWriter = true });
            var publisher = new DevicePublisher(address, district, device, tally, clock);
            queues.Add(device.Id, queue);
            publishers.Add(publisher);
            running.Add(RunAsync(publisher, queue, answered));
        }

        all = Task.WhenAll(running);
    }

    public async ValueTask SendAsync(string device, OutgoingMessage message)
    {
        try
        {
            await queues[device].Writer.WriteAsync(message, stop.Token);
        }
        catch (Exception end) when (end is ChannelClosedException or OperationCanceledException)
        {
            // A connection failed for good, or the person ended the run: the cause is thrown instead of this.
            await all;
            throw;
        }
    }

    /// <summary>No more messages come; returns when all are answered.</summary>
    public Task CompleteAsync()
    {
        foreach (var queue in queues.Values)
        {
            queue.Writer.TryComplete();
        }

        return all;
    }

    public void Dispose()
    {
        stop.Cancel();
        publishers.ForEach(p => p.Dispose());
        stop.Dispose();
    }

    private async Task RunAsync(DevicePublisher publisher, Channel<OutgoingMessage> queue, Action answered)
    {
        try
        {
            await publisher.RunAsync(queue.Reader, answered, stop.Token);
        }
        catch (Exception failure)
        {
            queue.Writer.TryComplete(failure);
            await stop.CancelAsync();
            throw;
        }
    }
}
