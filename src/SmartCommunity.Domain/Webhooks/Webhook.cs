using Orleans;
using SmartCommunity.Domain.Ids;

namespace SmartCommunity.Domain.Webhooks;

/// <summary>What an event is about. The numbers are those of the feed and of the public contract.</summary>
public enum EventKind
{
    None = 0,
    Telemetry = 1,
    Alarm = 2,
    Report = 3,
    DeviceEvent = 4,
    Presence = 5,
    Directory = 6,
    Quarantine = 7,
}

/// <summary>
/// A webhook (事件推送): the address of a partner's server that is told what happens in the district. Its secret is not in it: it is derived from the
/// installation's signing key and a nonce, so that no record, log line, export or backup of the store can give it away.
/// </summary>
/// <param name="Url">https, or http to a loopback address where that is allowed.</param>
/// <param name="Area">Area code prefix; empty for the whole district.</param>
/// <param name="Kinds">Kinds of events; empty for all.</param>
/// <param name="Paused">Nothing is sent; the cursor stays.</param>
/// <param name="PausedBecause">Why the system paused it; null when a person did, or when it is not paused.</param>
/// <param name="Secrets">The newest first; during a rotation two.</param>
/// <param name="StartCursor">Position after which its first delivery began.</param>
/// <param name="Revision">Number of changes; the etag.</param>
[GenerateSerializer, Immutable, Alias("sc.Webhook")]
public sealed record Webhook(
    [property: Id(0)] WebhookId Id,
    [property: Id(1)] string Url,
    [property: Id(2)] string Area,
    [property: Id(3)] EventKind[] Kinds,
    [property: Id(4)] string Description,
    [property: Id(5)] bool Paused,
    [property: Id(6)] string? PausedBecause,
    [property: Id(7)] WebhookSecret[] Secrets,
    [property: Id(8)] long StartCursor,
    [property: Id(9)] DateTimeOffset CreatedAt,
    [property: Id(10)] long Revision);

/// <summary>Which secret: not the secret itself.</summary>
/// <param name="Nonce">Random text the secret is derived with.</param>
/// <param name="KeyId">Names the signing key it was derived from; another installation has another key and cannot make this secret.</param>
/// <param name="ValidUntil">When it ends, for one that was replaced; null for the newest.</param>
[GenerateSerializer, Immutable, Alias("sc.WebhookSecret")]
public sealed record WebhookSecret(
    [property: Id(0)] string Nonce,
    [property: Id(1)] string KeyId,
    [property: Id(2)] DateTimeOffset? ValidUntil = null)
{
    public bool IsValidAt(DateTimeOffset now) => ValidUntil is not { } end || now < end;
}

/// <summary>
/// How far a webhook's delivery has come. It is no history: it stands in a view row of its own, is written at most once a second, and what was sent
/// after the last writing is sent again after a crash.
/// </summary>
/// <param name="Cursor">Everything up to this position was answered, or does not concern the webhook.</param>
/// <param name="Delivered">Events answered with 2xx.</param>
/// <param name="FailingSince">When the run of failures began that is going on; null when there is none.</param>
[GenerateSerializer, Immutable, Alias("sc.WebhookProgress")]
public sealed record WebhookProgress(
    [property: Id(0)] long Cursor,
    [property: Id(1)] long Delivered = 0,
    [property: Id(2)] DateTimeOffset? LastSuccess = null,
    [property: Id(3)] WebhookFailure? LastFailure = null,
    [property: Id(4)] DateTimeOffset? FailingSince = null,
    [property: Id(5)] DateTimeOffset? NextAttempt = null);

/// <summary>The last attempt that was not answered with 2xx.</summary>
/// <param name="Event">Id of the event that was sent.</param>
/// <param name="Status">HTTP status; 0 when there was no answer.</param>
/// <param name="Reason">What went wrong, in our words.</param>
/// <param name="Attempts">Failures in a row.</param>
[GenerateSerializer, Immutable, Alias("sc.WebhookFailure")]
public sealed record WebhookFailure(
    [property: Id(0)] DateTimeOffset At,
    [property: Id(1)] string Event,
    [property: Id(2)] int Status,
    [property: Id(3)] string Reason,
    [property: Id(4)] int Attempts);
