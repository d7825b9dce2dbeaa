using System.Globalization;
using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Domain.Webhooks;
using SmartCommunity.Grpc.Refusals;
using SmartCommunity.Grpc.Requests;

namespace SmartCommunity.Grpc.Webhooks;

internal static class WebhookMapping
{
    public static readonly string[] Changeable = ["url", "area", "kinds", "description", "paused"];

    public static FieldNames Names { get; } = new("webhook");

    /// <summary>For requests that name the webhook and hold no record of it.</summary>
    public static FieldNames ByName { get; } = new(string.Empty, ("webhook", "name"));

    public static V1.Webhook ToProto(this Webhook webhook, WebhookProgress? progress, AreaCode district) => new()
    {
        Name = ResourceNames.Of(district, ResourceNames.Webhooks, webhook.Id.ToString()),
        Url = webhook.Url,
        Area = webhook.Area,
        Kinds = { webhook.Kinds.Select(kind => (V1.EventKind)kind) },
        Description = webhook.Description,
        Paused = webhook.Paused,
        PausedBecause = webhook.PausedBecause ?? string.Empty,
        Cursor = progress?.Cursor.ToString(CultureInfo.InvariantCulture) ?? string.Empty,
        Delivered = progress?.Delivered ?? 0,
        LastSuccessTime = (progress?.LastSuccess).ToProto(),
        LastFailure = progress?.LastFailure is { } failure ? failure.ToProto() : null,
        FailingSinceTime = (progress?.FailingSince).ToProto(),
        NextAttemptTime = (progress?.NextAttempt).ToProto(),
        OldSecretExpireTime = webhook.Secrets.Select(secret => secret.ValidUntil).Max().ToProto(),
        CreateTime = webhook.CreatedAt.ToProto(),
        Etag = Etags.Of(webhook.Revision),
    };

    public static Outcome<Webhook> ToDomain(this V1.Webhook webhook, AreaCode district, WebhookId id)
    {
        var reader = new RequestReader(district);
        return reader.Finish(new Webhook(
            id,
            webhook.Url,
            reader.AreaPrefix(webhook.Area, "area"),
            [.. webhook.Kinds.Select((kind, i) => reader.Required<V1.EventKind, EventKind>(kind, $"kinds[{i}]"))],
            webhook.Description,
            webhook.Paused,
            PausedBecause: null,
            Secrets: [],
            StartCursor: 0,
            CreatedAt: default,
            Revision: 0));
    }

    private static V1.WebhookFailure ToProto(this WebhookFailure failure) => new()
    {
        Time = failure.At.ToProto(), EventId = failure.Event, HttpStatus = failure.Status, Reason = failure.Reason, Attempts = failure.Attempts,
    };
}
