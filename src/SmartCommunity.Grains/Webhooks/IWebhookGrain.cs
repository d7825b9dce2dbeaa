using SmartCommunity.Domain.Commands;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Domain.Webhooks;

namespace SmartCommunity.Grains.Webhooks;

/// <summary>
/// One webhook: its record, its cursor, and the lease of the one who delivers it. Key: <c>340104/webhooks/{id}</c>. Stream: <c>webhooks/{id}</c>.
/// </summary>
[Alias("sc.IWebhookGrain"), GrainInterfaceType("sc.webhook")]
public interface IWebhookGrain : IGrainWithStringKey
{
    /// <summary>Creates or changes it; a new one begins with what is committed after its creation.</summary>
    [Alias("Define")]
    Task<Outcome<Webhook>> Define(Webhook webhook, WriteCondition condition, CommandContext context);

    /// <summary>A new secret; the one before stays valid for so many seconds.</summary>
    [Alias("Rotate")]
    Task<Outcome<Webhook>> Rotate(int oldValidSeconds, CommandContext context);

    /// <summary>Sets the cursor: to a position, or to just before what was recorded at an instant.</summary>
    [Alias("Replay")]
    Task<Outcome<Webhook>> Replay(long? cursor, DateTimeOffset? from, CommandContext context);

    [Alias("Delete")]
    Task<Outcome<Webhook>> Delete(WriteCondition condition, CommandContext context);

    /// <summary>
    /// The right to deliver it, for <see cref="WebhookLease.Seconds"/> after the last call that named the lease. Refused while it is paused, gone, or
    /// another holder's. Every change of the webhook ends the lease, so that a sender never goes on with what no longer holds.
    /// </summary>
    [Alias("Lease")]
    Task<Outcome<WebhookLease>> Lease(string holder);

    /// <summary>Keeps the lease. False: it is over, stop.</summary>
    [Alias("Keep")]
    Task<bool> Keep(string lease);

    /// <summary>Writes how far the delivery has come and keeps the lease. False: it is over, stop.</summary>
    [Alias("Report")]
    Task<bool> Report(string lease, WebhookProgress progress);

    /// <summary>The server said that nobody is there any more: writes the progress and pauses the webhook. False: the lease is over.</summary>
    [Alias("Gone")]
    Task<bool> Gone(string lease, WebhookProgress progress);
}

/// <param name="Token">Names the lease.</param>
[GenerateSerializer, Immutable, Alias("sc.WebhookLease")]
public sealed record WebhookLease([property: Id(0)] string Token, [property: Id(1)] Webhook Webhook, [property: Id(2)] WebhookProgress Progress)
{
    /// <summary>A holder that is not heard of for so long has lost it.</summary>
    public const int Seconds = 30;
}

/// <summary>Sends a test event; the edge that delivers webhooks brings it.</summary>
public interface IWebhookProbe
{
    /// <summary>One signed request with a ping event, outside the order and without effect on the cursor. Never throws for what the other side does.</summary>
    Task<WebhookAnswer> PingAsync(string district, Webhook webhook, CancellationToken cancellation);
}

/// <param name="Status">HTTP status; 0 when there was no answer.</param>
/// <param name="Reason">What went wrong, in our words; empty when it was delivered.</param>
/// <param name="Event">Id of the event that was sent.</param>
public sealed record WebhookAnswer(int Status, string Reason, TimeSpan Took, string Event);
