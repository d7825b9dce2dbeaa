namespace SmartCommunity.Webhooks;

/// <summary>The clock of this room. Its own type, because Orleans takes any <see cref="TimeProvider"/> it finds for its membership protocol.</summary>
internal sealed record WebhookClock(TimeProvider Time);
