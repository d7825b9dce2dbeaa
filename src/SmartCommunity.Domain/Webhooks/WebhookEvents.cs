using SmartCommunity.Domain.Ids;

namespace SmartCommunity.Domain.Webhooks;

/// <summary>Stream <c>webhooks/{id}</c>.</summary>
public abstract record WebhookEvent : DomainEvent;

public sealed record WebhookCreated(Webhook Webhook) : WebhookEvent;

/// <summary>The whole webhook as it now is.</summary>
public sealed record WebhookChanged(Webhook Webhook) : WebhookEvent;

/// <param name="Because">Why the system did it; null when a person did.</param>
public sealed record WebhookPaused(WebhookId Webhook, string? Because) : WebhookEvent;

public sealed record WebhookResumed(WebhookId Webhook) : WebhookEvent;

/// <summary>The secrets from now on, the newest first.</summary>
public sealed record WebhookSecretRotated(WebhookId Webhook, WebhookSecret[] Secrets) : WebhookEvent;

/// <summary>The cursor was set by a person.</summary>
public sealed record WebhookReplayed(WebhookId Webhook, long Cursor) : WebhookEvent;

public sealed record WebhookDeleted(WebhookId Webhook) : WebhookEvent;
