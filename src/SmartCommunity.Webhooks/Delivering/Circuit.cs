using SmartCommunity.Domain.Webhooks;
using SmartCommunity.Grains.Webhooks;
using SmartCommunity.Webhooks.Sending;

namespace SmartCommunity.Webhooks.Delivering;

/// <summary>
/// What a webhook's attempts have come to. After a failure the circuit is open: nothing is sent but one probe after each wait, and only a probe that is
/// answered closes it.
/// </summary>
internal sealed class Circuit(WebhookProgress progress, WebhookOptions options, Random chance)
{
    private readonly Lock gate = new();
    private WebhookProgress progress = progress;
    private int failures;

    /// <summary>When the probe may go; null while the circuit is closed.</summary>
    public DateTimeOffset? OpenUntil
    {
        get
        {
            lock (gate)
            {
                return failures == 0 ? null : progress.NextAttempt;
            }
        }
    }

    public WebhookProgress ProgressAt(long cursor)
    {
        lock (gate)
        {
            return progress with { Cursor = cursor };
        }
    }

    public void Delivered(DateTimeOffset now, bool isProbe)
    {
        lock (gate)
        {
            progress = progress with { Delivered = progress.Delivered + 1, LastSuccess = now };
        }

        if (isProbe)
        {
            Close();
        }
    }

    public void Close()
    {
        lock (gate)
        {
            failures = 0;
            progress = progress with { FailingSince = null, NextAttempt = null };
        }
    }

    /// <summary>Answers the failures in a row. Requests that were under way together fail as one.</summary>
    public int Failed(Attempt attempt, string id, DateTimeOffset now, bool isProbe)
    {
        lock (gate)
        {
            failures = isProbe || failures == 0 ? failures + 1 : failures;
            var next = now + Backoff.After(failures, chance.NextDouble(), attempt.RetryAfter, options);
            progress = progress with
            {
                LastFailure = attempt.ToFailure(now, id, failures),
                FailingSince = progress.FailingSince ?? now,
                NextAttempt = !isProbe && progress.NextAttempt > next ? progress.NextAttempt : next,
            };
            return failures;
        }
    }
}
