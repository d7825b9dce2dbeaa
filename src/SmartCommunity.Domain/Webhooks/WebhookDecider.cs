using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.Commands;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Domain.Views;
using SmartCommunity.Domain.Wire;

namespace SmartCommunity.Domain.Webhooks;

/// <summary>Decides on a webhook. The state is the webhook itself, null before its creation and after its end.</summary>
public static class WebhookDecider
{
    /// <summary>Pause reason of a webhook whose server said that nobody is there any more.</summary>
    public const string GoneReason = "The server answered 410 Gone.";

    /// <param name="others">Webhooks of the district, this one left out.</param>
    /// <param name="secret">The first secret of a new webhook.</param>
    /// <param name="startCursor">Where the delivery of a new webhook begins.</param>
    public static Outcome<Decision<Webhook>> Define(
        Webhook? current,
        Webhook webhook,
        AreaCode district,
        AddressRule addresses,
        long others,
        WebhookSecret secret,
        long startCursor,
        WriteCondition condition,
        CommandContext context)
    {
        var refusal = Check.Condition(condition, current?.Revision, "webhook")
            ?? (IdText.IsValid(webhook.Id.ToString()) ? null : IdText.Refuse("webhook_id"))
            ?? WebhookCheck.Judge(webhook, district, addresses)
            ?? (current is null && others >= Limits.WebhooksPerDistrictMax
                ? new(RefusalCode.TooLarge, "webhook", $"A district has at most {Limits.WebhooksPerDistrictMax} webhooks.", "Remove one, or let one hear more kinds.")
                : null);
        if (refusal is not null)
        {
            return refusal;
        }

        var wanted = current is null
            ? webhook with { Secrets = [secret], StartCursor = startCursor, CreatedAt = context.Now, PausedBecause = null, Revision = 1 }
            : webhook with
            {
                Secrets = current.Secrets,
                StartCursor = current.StartCursor,
                CreatedAt = current.CreatedAt,
                PausedBecause = webhook.Paused ? current.PausedBecause : null,
                Revision = current.Revision,
            };
        if (current is not null && RecordCodec.Same(wanted, current))
        {
            return new Decision<Webhook>(current);
        }

        return Write(current, Happened(current, wanted), district, context);
    }

    /// <summary>Pauses it on the system's own account; nothing happens when it is paused already.</summary>
    public static Outcome<Decision<Webhook>> Pause(Webhook? current, string because, AreaCode district, CommandContext context) => current switch
    {
        null => Check.NotFound("webhook"),
        { Paused: true } => new Decision<Webhook>(current),
        _ => Write(current, new WebhookPaused(current.Id, because), district, context),
    };

    /// <summary>A new secret; the newest of the old ones stays valid for a while, and with a duration of 0 none does.</summary>
    public static Outcome<Decision<Webhook>> Rotate(
        Webhook? current, WebhookSecret secret, int oldValidSeconds, AreaCode district, CommandContext context)
    {
        if (current is null)
        {
            return Check.NotFound("webhook");
        }

        if (Check.Range(oldValidSeconds, 0, Limits.DurationSecondsMax, "old_secret_valid") is { } refusal)
        {
            return refusal;
        }

        // Shorter when it was to end sooner anyway.
        var end = context.Now.AddSeconds(oldValidSeconds);
        WebhookSecret[] old = oldValidSeconds == 0 ? [] : [current.Secrets[0] with { ValidUntil = end }];
        return Write(current, new WebhookSecretRotated(current.Id, [secret, .. old]), district, context);
    }

    /// <param name="cursor">Position after which the delivery goes on.</param>
    /// <param name="last">The highest position there is.</param>
    public static Outcome<Decision<Webhook>> Replay(Webhook? current, long cursor, long last, AreaCode district, CommandContext context) => current is null
        ? Check.NotFound("webhook")
        : cursor < 0 || cursor > last
            ? new Refusal(RefusalCode.BadCursor, "cursor", "The cursor is none that an event or a watch gave.", "Send 0 to begin at the beginning, or a time.")
            : Write(current, new WebhookReplayed(current.Id, cursor), district, context);

    public static Outcome<Decision<Webhook>> Delete(Webhook? current, WriteCondition condition, AreaCode district, CommandContext context) =>
        Check.Condition(condition, current?.Revision, "webhook") is { } refusal
            ? refusal
            : current is null ? Check.NotFound("webhook") : Write(current, new WebhookDeleted(current.Id), district, context);

    public static Webhook? Evolve(Webhook? current, DomainEvent happened) => happened switch
    {
        WebhookCreated e => e.Webhook,
        WebhookChanged e => e.Webhook,
        WebhookPaused e => Next(current) with { Paused = true, PausedBecause = e.Because },
        WebhookResumed => Next(current) with { Paused = false, PausedBecause = null },
        WebhookSecretRotated e => Next(current) with { Secrets = e.Secrets },
        WebhookReplayed => Next(current),
        WebhookDeleted => null,
        _ => throw new ArgumentException($"{happened.GetType().Name} does not belong to a webhook.", nameof(happened)),
    };

    private static WebhookEvent Happened(Webhook? current, Webhook wanted) =>
        current is null ? new WebhookCreated(wanted)
        : !RecordCodec.Same(wanted with { Paused = current.Paused, PausedBecause = current.PausedBecause }, current) ? new WebhookChanged(Next(wanted))
        : wanted.Paused ? new WebhookPaused(wanted.Id, null)
        : new WebhookResumed(wanted.Id);

    private static Webhook Next(Webhook? current) => current is null
        ? throw new ArgumentException("The webhook does not exist.", nameof(current))
        : current with { Revision = current.Revision + 1 };

    private static Decision<Webhook> Write(Webhook? current, WebhookEvent happened, AreaCode district, CommandContext context)
    {
        var after = Evolve(current, happened);
        var told = after ?? current!;
        var decision = new Decision<Webhook>(told);
        decision.Happened(happened, district, context);
        var id = told.Id.ToString();
        var status = after is null ? ViewStatus.None : after.Paused ? ViewStatus.Paused : ViewStatus.Active;
        decision.Effects.Rows.Add(new(ViewKinds.Webhook, id, district.ToString(), status, after));
        var cursor = happened switch
        {
            WebhookCreated e => e.Webhook.StartCursor,
            WebhookReplayed e => e.Cursor,
            _ => (long?)null,
        };
        if (cursor is { } from)
        {
            decision.Effects.Rows.Add(Row(told.Id, new(from), district));
        }
        else if (after is null)
        {
            decision.Effects.Rows.Add(Row(told.Id, null, district));
        }

        return decision;
    }

    /// <summary>The view row of a webhook's progress.</summary>
    public static Projected Row(WebhookId id, WebhookProgress? progress, AreaCode district) =>
        new(ViewKinds.WebhookProgress, id.ToString(), district.ToString(), ViewStatus.None, progress);
}
