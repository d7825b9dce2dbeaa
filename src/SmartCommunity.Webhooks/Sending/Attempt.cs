using SmartCommunity.Domain.Webhooks;

namespace SmartCommunity.Webhooks.Sending;

/// <summary>What became of one request.</summary>
/// <param name="Status">HTTP status; 0 when there was no answer.</param>
/// <param name="Reason">What went wrong, in our words; empty when it was delivered.</param>
/// <param name="RetryAfter">What the server asked for.</param>
internal sealed record Attempt(int Status, string Reason, TimeSpan Took, TimeSpan? RetryAfter = null)
{
    public bool IsDelivered => Status is >= 200 and < 300;

    public bool IsGone => Status == 410;

    public WebhookFailure ToFailure(DateTimeOffset at, string id, int attempts) => new(at, id, Status, Reason, attempts);
}
