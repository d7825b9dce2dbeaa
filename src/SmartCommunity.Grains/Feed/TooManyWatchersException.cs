using SmartCommunity.Domain.Refusals;

namespace SmartCommunity.Grains.Feed;

/// <summary>No further watcher fits. A stream cannot answer a refusal as a value, so it is thrown before the first batch.</summary>
public sealed class TooManyWatchersException(Refusal refusal) : Exception(refusal?.Rule)
{
    public Refusal Refusal { get; } = refusal ?? throw new ArgumentNullException(nameof(refusal));
}
