using SmartCommunity.Grains.Webhooks;

namespace SmartCommunity.Webhooks.Delivering;

/// <summary>How long to wait after failures: doubling up to a cap, half of it by chance, so that many webhooks of one server do not come back at once.</summary>
internal static class Backoff
{
    /// <param name="failures">Failures in a row, 1 or more.</param>
    /// <param name="chance">0 to 1.</param>
    /// <param name="asked">What the server asked for with Retry-After; it lengthens the wait up to its own cap.</param>
    public static TimeSpan After(int failures, double chance, TimeSpan? asked, WebhookOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var whole = Math.Min(options.RetryFirstMs * Math.Pow(2, Math.Min(failures, 31) - 1), options.RetryMsMax);
        var ours = TimeSpan.FromMilliseconds(whole * (0.5 + (chance / 2)));
        var theirs = asked is { } wait ? TimeSpan.FromSeconds(Math.Clamp(wait.TotalSeconds, 0, options.RetryAfterSecondsMax)) : TimeSpan.Zero;
        return theirs > ours ? theirs : ours;
    }
}
