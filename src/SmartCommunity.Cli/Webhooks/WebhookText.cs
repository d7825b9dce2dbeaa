using System.Globalization;
using System.Text.Json.Nodes;
using SmartCommunity.Cli.Looking;
using SmartCommunity.Cli.Output;
using SmartCommunity.V1;

namespace SmartCommunity.Cli.Webhooks;

/// <summary>How webhooks are shown.</summary>
internal static class WebhookText
{
    public static void ShowSecret(Session session, Webhook webhook, string secret)
    {
        session.Results.Document(new JsonObject { ["webhook"] = Results.ToJson(webhook), ["secret"] = secret });
        session.Results.Line(webhook.Name);
        session.Results.Line($"secret (shown once): {secret}");
    }

    public static void Show(Session session, Webhook webhook)
    {
        session.Results.Document(Results.ToJson(webhook));
        session.Results.Line($"{webhook.Name}: {State(webhook)}, cursor {webhook.Cursor}");
    }

    public static string State(Webhook webhook) =>
        webhook.Paused ? webhook.PausedBecause.Length == 0 ? "paused" : $"paused ({webhook.PausedBecause})"
        : webhook.FailingSinceTime is { } since ? $"failing since {Listing.Instant(since)}"
        : "live";

    public static string LastFailure(Webhook webhook) => webhook.LastFailure is { } failure
        ? string.Create(CultureInfo.InvariantCulture, $"{Listing.Instant(failure.Time)} {failure.Reason}")
        : "";
}
