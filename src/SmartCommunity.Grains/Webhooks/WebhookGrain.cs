using Microsoft.Extensions.Options;
using SmartCommunity.Domain;
using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.Commands;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Domain.Views;
using SmartCommunity.Domain.Webhooks;
using SmartCommunity.Domain.Wire;
using SmartCommunity.Grains.Streams;
using SmartCommunity.Storage;

namespace SmartCommunity.Grains.Webhooks;

/// <summary>The fold of the webhook's stream. Its progress is no part of it: that is a view row, so that a busy webhook adds nothing to the log it reads.</summary>
[GrainType("sc.webhook")]
internal sealed class WebhookGrain(
    [PersistentState(StateNames.Webhook, StateNames.Storage)] IPersistentState<StreamSnapshot> stored,
    StreamRoom room,
    SigningKey signing,
    IOptions<WebhookOptions> options) : EventGrain<Webhook?>(stored, room), IWebhookGrain
{
    private const string Actor = "system:webhooks";

    private Held? held;

    private AreaCode District => GrainKeys.DistrictOf(Stream.District);

    private string Id => Stream.Name[(Stream.Name.IndexOf('/', StringComparison.Ordinal) + 1)..];

    public Task<Outcome<Webhook>> Define(Webhook webhook, WriteCondition condition, CommandContext context) => HandleAsync(
        "webhook.Define",
        (webhook, condition),
        context,
        async state => KeyCheck.Named(Stream, "webhooks", webhook.Id.ToString(), "webhook_id") is { } refusal
            ? refusal
            : WebhookDecider.Define(
                state,
                webhook,
                District,
                options.Value.Addresses,
                state is null ? await Room.Views.CountAsync(Stream.District, ViewKinds.Webhook, string.Empty, null, CancellationToken.None) : 0,
                signing.New(),
                Room.Journal.CommittedPosition,
                condition,
                context));

    public Task<Outcome<Webhook>> Rotate(int oldValidSeconds, CommandContext context) => HandleAsync(
        "webhook.Rotate", oldValidSeconds, context, state => WebhookDecider.Rotate(state, signing.New(), oldValidSeconds, District, context));

    public Task<Outcome<Webhook>> Replay(long? cursor, DateTimeOffset? from, CommandContext context) => HandleAsync(
        "webhook.Replay",
        (cursor, from),
        context,
        async state => WebhookDecider.Replay(
            state,
            cursor ?? await ReplayPoint.BeforeAsync(Room.Journal, from ?? context.Now, CancellationToken.None),
            Room.Journal.CommittedPosition,
            District,
            context));

    public Task<Outcome<Webhook>> Delete(WriteCondition condition, CommandContext context) => HandleAsync(
        "webhook.Delete", condition, context, state => WebhookDecider.Delete(state, condition, District, context));

    public Task<Outcome<WebhookLease>> Lease(string holder) => RunAsync<Outcome<WebhookLease>>(async () =>
    {
        if (State is not { Paused: false } webhook || (held is { } other && other.Holder != holder && IsLive(other)))
        {
            return new Refusal(RefusalCode.WrongState, "webhook", "It is paused, gone, or delivered by somebody else.", "Ask again later.");
        }

        var row = await Room.Views.GetAsync(Stream.District, ViewKinds.WebhookProgress, Id, CancellationToken.None);

        // A district that was moved here has no progress: positions of another store say nothing in this one.
        var progress = row is null ? new(Room.Journal.CommittedPosition) : RecordCodec.Decode<WebhookProgress>(row.Body.Span);
        held = new(Guid.NewGuid().ToString("N"), holder, webhook, Room.Time.GetTimestamp());
        return new WebhookLease(held.Token, webhook, progress);
    });

    public Task<bool> Keep(string lease) => RunAsync(() => new ValueTask<bool>(Keeps(lease)));

    public Task<bool> Report(string lease, WebhookProgress progress) => RunAsync(() => ReportAsync(lease, progress));

    public async Task<bool> Gone(string lease, WebhookProgress progress)
    {
        if (!await Report(lease, progress))
        {
            return false;
        }

        var context = new CommandContext(Actor, Room.Time.GetUtcNow());
        var paused = await HandleAsync("webhook.Gone", lease, context, state => WebhookDecider.Pause(state, WebhookDecider.GoneReason, District, context));
        return !paused.IsRefused;
    }

    protected override Webhook? Empty() => null;

    protected override Webhook? Evolve(Webhook? before, DomainEvent happened, long atMs, long recordedMs) => WebhookDecider.Evolve(before, happened);

    protected override byte[] Write(Webhook? current) => current is null ? [] : RecordCodec.Encode(current);

    protected override bool TryRead(byte[] snapshot, out Webhook? read)
    {
        read = RecordCodec.Decode<Webhook>(snapshot);
        return true;
    }

    private bool Keeps(string lease)
    {
        if (held?.Token != lease || !IsLive(held))
        {
            return false;
        }

        held = held with { HeardAt = Room.Time.GetTimestamp() };
        return true;
    }

    private async ValueTask<bool> ReportAsync(string lease, WebhookProgress progress)
    {
        if (!Keeps(lease))
        {
            return false;
        }

        var draft = new Drafted { Events = [], Effects = new() };
        draft.Effects.Rows.Add(WebhookDecider.Row(WebhookId.Parse(Id), progress, District));
        var written = await AppendAsync(draft);
        if (written.Status != CommitStatus.Committed)
        {
            return false;
        }

        Advance(written, draft, static state => state);
        return true;
    }

    /// <summary>The record itself is compared: any change made another one.</summary>
    private bool IsLive(Held lease) =>
        ReferenceEquals(lease.Webhook, State) && Room.Time.GetElapsedTime(lease.HeardAt).TotalSeconds < WebhookLease.Seconds;

    private sealed record Held(string Token, string Holder, Webhook Webhook, long HeardAt);
}
