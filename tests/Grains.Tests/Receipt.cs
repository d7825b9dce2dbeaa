using SmartCommunity.Domain.Twins;
using SmartCommunity.Grains.Ingest;

namespace SmartCommunity.Grains.Tests;

/// <summary>Waits for one message; null: it may not be acknowledged.</summary>
internal sealed class Receipt : IIngestReceipt
{
    public TaskCompletionSource<MessageFate?> Fate { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Complete(long ticket, in MessageOutcome outcome) => Fate.SetResult(outcome.Fate);

    public void Fail(long ticket) => Fate.SetResult(null);
}
