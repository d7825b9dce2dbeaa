using SmartCommunity.Domain.Twins;
using SmartCommunity.Grains.Ingest;

namespace SmartCommunity.Mqtt.Commands;

/// <summary>Waits for what became of one message in a lane.</summary>
internal sealed class CommandReceipt : IIngestReceipt
{
    private readonly TaskCompletionSource<bool> durable = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>True when it is durable, false when the store could not take it.</summary>
    public Task<bool> Durable => durable.Task;

    public void Complete(long ticket, in MessageOutcome outcome) => durable.TrySetResult(true);

    public void Fail(long ticket) => durable.TrySetResult(false);
}
