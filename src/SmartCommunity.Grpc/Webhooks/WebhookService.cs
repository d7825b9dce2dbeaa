using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Orleans;
using SmartCommunity.Domain.Commands;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Domain.Webhooks;
using SmartCommunity.Grains;
using SmartCommunity.Grains.Directory;
using SmartCommunity.Grains.Webhooks;
using SmartCommunity.Grpc.Calls;
using SmartCommunity.Grpc.Refusals;
using SmartCommunity.Grpc.Requests;

namespace SmartCommunity.Grpc.Webhooks;

internal sealed class WebhookService(IDirectory directory, IGrainFactory grains, SigningKey signing, IWebhookProbe probe) : V1.WebhookService.WebhookServiceBase
{
    private const int OldSecretSecondsDefault = 24 * 3600;

    public override async Task<V1.CreateWebhookResponse> CreateWebhook(V1.CreateWebhookRequest request, ServerCallContext context)
    {
        var call = EdgeCall.Of(context);
        call.CheckParent(request.Parent);
        var id = call.NewId<WebhookId>(request.WebhookId, "webhook_id");
        var wanted = NamedRequests.Record(request.Webhook, "webhook").ToDomain(call.District, id).OrThrow(WebhookMapping.Names);
        var outcome = await grains.Webhook(call.District, id).Define(wanted, WriteCondition.Create, call.Command).WaitAsync(call.Cancellation);
        var made = outcome.OrThrow(WebhookMapping.Names);
        return new() { Webhook = await ShowAsync(call, made), Secret = SecretOf(call, made) };
    }

    public override async Task<V1.GetWebhookResponse> GetWebhook(V1.GetWebhookRequest request, ServerCallContext context)
    {
        var call = EdgeCall.Of(context);
        return new() { Webhook = await ShowAsync(call, await FindAsync(call, request.Name, "name")) };
    }

    public override async Task<V1.ListWebhooksResponse> ListWebhooks(V1.ListWebhooksRequest request, ServerCallContext context)
    {
        var call = EdgeCall.Of(context);
        call.CheckParent(request.Parent);
        var page = await directory.PageAsync<Webhook>(call, request.PageSize, request.PageToken);
        var response = new V1.ListWebhooksResponse { NextPageToken = page.NextPageToken ?? string.Empty };
        foreach (var webhook in page.Items)
        {
            response.Webhooks.Add(await ShowAsync(call, webhook));
        }

        return response;
    }

    public override async Task<V1.UpdateWebhookResponse> UpdateWebhook(V1.UpdateWebhookRequest request, ServerCallContext context)
    {
        var call = EdgeCall.Of(context);
        var webhook = NamedRequests.Record(request.Webhook, "webhook");
        var id = call.Id<WebhookId>(webhook.Name, ResourceNames.Webhooks, "webhook.name");
        var outcome = await Revisions.ReviseAsync(
            call.Revision(webhook.Etag, "webhook.etag"),
            () => directory.FindAsync<Webhook>(call, id.ToString(), "webhook.name"),
            current => UpdateMask.Apply(current.ToProto(null, call.District), webhook, request.UpdateMask, WebhookMapping.Changeable)
                .Then(changed => changed.ToDomain(call.District, id)),
            current => current.Revision,
            (changed, condition) => grains.Webhook(call.District, id).Define(changed, condition, call.Command).WaitAsync(call.Cancellation));
        return new() { Webhook = await ShowAsync(call, outcome.OrThrow(WebhookMapping.Names)) };
    }

    public override async Task<V1.DeleteWebhookResponse> DeleteWebhook(V1.DeleteWebhookRequest request, ServerCallContext context)
    {
        var call = EdgeCall.Of(context);
        var condition = WriteCondition.Update(call.Revision(request.Etag, "etag"));
        var outcome = await GrainOf(call, request.Name).Delete(condition, call.Command).WaitAsync(call.Cancellation);
        outcome.OrThrow(WebhookMapping.ByName);
        return new() { Name = request.Name };
    }

    public override async Task<V1.RotateWebhookSecretResponse> RotateWebhookSecret(V1.RotateWebhookSecretRequest request, ServerCallContext context)
    {
        var call = EdgeCall.Of(context);
        var reader = new RequestReader(call.District);
        var seconds = request.OldSecretValid is { } valid ? reader.Seconds(valid, "old_secret_valid") : OldSecretSecondsDefault;
        var outcome = await GrainOf(call, request.Name).Rotate(reader.Finish(seconds).OrThrow(), call.Command).WaitAsync(call.Cancellation);
        var rotated = outcome.OrThrow(WebhookMapping.ByName);
        return new() { Webhook = await ShowAsync(call, rotated), Secret = SecretOf(call, rotated) };
    }

    public override async Task<V1.ReplayWebhookResponse> ReplayWebhook(V1.ReplayWebhookRequest request, ServerCallContext context)
    {
        var call = EdgeCall.Of(context);
        var (cursor, from) = Start(call, request);
        var outcome = await GrainOf(call, request.Name).Replay(cursor, from, call.Command).WaitAsync(call.Cancellation);
        return new() { Webhook = await ShowAsync(call, outcome.OrThrow(WebhookMapping.ByName)) };
    }

    public override async Task<V1.TestWebhookResponse> TestWebhook(V1.TestWebhookRequest request, ServerCallContext context)
    {
        var call = EdgeCall.Of(context);
        var answer = await probe.PingAsync(call.DistrictCode, await FindAsync(call, request.Name, "name"), call.Cancellation);
        return new()
        {
            Delivered = answer.Reason.Length == 0,
            HttpStatus = answer.Status,
            Reason = answer.Reason,
            Latency = Duration.FromTimeSpan(answer.Took),
            EventId = answer.Event,
        };
    }

    private static (long? Cursor, DateTimeOffset? From) Start(EdgeCall call, V1.ReplayWebhookRequest request)
    {
        switch (request.FromCase)
        {
            case V1.ReplayWebhookRequest.FromOneofCase.Cursor:
                return long.TryParse(request.Cursor, NumberStyles.None, CultureInfo.InvariantCulture, out var position)
                    ? (position, null)
                    : throw RefusalStatus.ToException(new(
                        RefusalCode.BadCursor, "cursor", "The cursor is none that an event or a watch gave.", "Send 0 to begin at the beginning, or a time."));
            case V1.ReplayWebhookRequest.FromOneofCase.Time:
                var reader = new RequestReader(call.District);
                return (null, reader.Finish(reader.Instant(request.Time, "time")).OrThrow());
            default:
                throw RefusalStatus.ToException(new(RefusalCode.Missing, "cursor", "A cursor or a time is required.", "Set one of them."));
        }
    }

    private IWebhookGrain GrainOf(EdgeCall call, string name) =>
        grains.Webhook(call.District, call.Id<WebhookId>(name, ResourceNames.Webhooks, "name"));

    private Task<Webhook> FindAsync(EdgeCall call, string name, string field) =>
        directory.FindAsync<Webhook>(call, call.Id<WebhookId>(name, ResourceNames.Webhooks, field).ToString(), field);

    private async Task<V1.Webhook> ShowAsync(EdgeCall call, Webhook webhook) =>
        webhook.ToProto(await directory.GetAsync<WebhookProgress>(call.DistrictCode, webhook.Id.ToString(), call.Cancellation), call.District);

    /// <summary>Derived again for a repeated request, so that it answers the same.</summary>
    private string SecretOf(EdgeCall call, Webhook webhook) =>
        signing.SecretOf(call.District, webhook.Id, webhook.Secrets[0]) is { } secret ? SigningKey.Text(secret) : string.Empty;
}
