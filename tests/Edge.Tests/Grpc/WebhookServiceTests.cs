using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using SmartCommunity.Edge.Tests.Webhooks;
using Xunit;

namespace SmartCommunity.Edge.Tests.Grpc;

/// <summary>The service over real grains, a real store and a real server on the other side.</summary>
[Collection(GrpcCollection.Name)]
public sealed class WebhookServiceTests(EdgeHost host)
{
    private readonly V1.WebhookService.WebhookServiceClient webhooks = new(host.Channel);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact, Covers("WebhookService.CreateWebhook", "WebhookService.GetWebhook", "WebhookService.ListWebhooks", "WebhookService.DeleteWebhook")]
    public async Task What_happens_is_sent_signed_in_the_shape_of_a_watch_and_the_secret_is_told_once()
    {
        await using var consumer = await Consumer.StartAsync();
        var request = new V1.CreateWebhookRequest
        {
            Parent = host.Parent, WebhookId = EdgeHost.Next("w"), RequestId = EdgeHost.Next("r"), Webhook = new() { Url = consumer.Url.ToString(), Kinds = { V1.EventKind.Directory } },
        };
        var made = await webhooks.CreateWebhookAsync(request, host.Auth);
        Assert.Equal(made.Secret, (await webhooks.CreateWebhookAsync(request, host.Auth)).Secret);
        var building = await host.BuildingAsync();
        var got = await EventAsync(consumer, building);

        var secret = Convert.FromBase64String(made.Secret["whsec_".Length..]);
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{got.Id}.{got.Timestamp}."), .. got.Body];
        Assert.Equal("v1," + Convert.ToBase64String(HMACSHA256.HashData(secret, signed)), got.Signature);
        Assert.Equal(($"evt_{EdgeHost.District}_{got.Position}", building[(host.Parent.Length + 1)..]), (got.Id, got.Entity));
        using var json = JsonDocument.Parse(got.Body);
        Assert.Equal(await WatchedAsync(got.Position), V1.Event.Parser.ParseJson(json.RootElement.GetProperty("data").GetRawText()));

        var shown = await webhooks.GetWebhookAsync(new() { Name = made.Webhook.Name }, host.Auth);
        Assert.Contains((await webhooks.ListWebhooksAsync(new() { Parent = host.Parent }, host.Auth)).Webhooks, w => w.Name == made.Webhook.Name);
        Assert.DoesNotContain(made.Secret["whsec_".Length..], shown.ToString(), StringComparison.Ordinal);
        await Errors.RefusedAsync(webhooks.DeleteWebhookAsync(new() { Name = made.Webhook.Name, Etag = "9" }, host.Auth), StatusCode.Aborted, "STALE", "etag");
        Assert.Equal(made.Webhook.Name, (await webhooks.DeleteWebhookAsync(new() { Name = made.Webhook.Name }, host.Auth)).Name);
        await Errors.RefusedAsync(webhooks.GetWebhookAsync(new() { Name = made.Webhook.Name }, host.Auth), StatusCode.NotFound, "NOT_FOUND", "name");
    }

    [Fact, Covers("WebhookService.UpdateWebhook", "WebhookService.ReplayWebhook")]
    public async Task A_paused_webhook_loses_nothing_and_a_replay_begins_where_it_is_told()
    {
        await using var consumer = await Consumer.StartAsync();
        var made = await CreateAsync(consumer);
        var first = await EventAsync(consumer, await host.BuildingAsync());
        // A pause right behind the answer may come before the cursor is written; then the event is sent again, which is no loss.
        await UntilCursorAsync(made.Name, first.Position);
        var paused = (await webhooks.UpdateWebhookAsync(Pause(made.Name, true), host.Auth)).Webhook;
        Assert.True(paused.Paused);
        consumer.Requests.Clear();
        var second = await host.BuildingAsync();
        await webhooks.UpdateWebhookAsync(Pause(made.Name, false), host.Auth);
        var late = await EventAsync(consumer, second);

        consumer.Requests.Clear();
        await webhooks.ReplayWebhookAsync(new() { Name = made.Name, Cursor = $"{first.Position - 1}" }, host.Auth);
        await UntilTakenAsync(consumer, first.Position);
        await UntilTakenAsync(consumer, late.Position);

        consumer.Requests.Clear();
        await webhooks.ReplayWebhookAsync(new() { Name = made.Name, Time = Timestamp.FromDateTimeOffset(DateTimeOffset.UtcNow.AddSeconds(-1)) }, host.Auth);
        await UntilTakenAsync(consumer, first.Position);
        await Errors.RefusedAsync(webhooks.ReplayWebhookAsync(new() { Name = made.Name, Cursor = "x" }, host.Auth), StatusCode.InvalidArgument, "BAD_CURSOR", "cursor");
        await Errors.RefusedAsync(
            webhooks.ReplayWebhookAsync(new() { Name = made.Name, Cursor = "9000000000000" }, host.Auth), StatusCode.InvalidArgument, "BAD_CURSOR", "cursor");
        await Errors.RefusedAsync(webhooks.ReplayWebhookAsync(new() { Name = made.Name }, host.Auth), StatusCode.InvalidArgument, "MISSING", "cursor");
        await webhooks.DeleteWebhookAsync(new() { Name = made.Name }, host.Auth);
    }

    [Fact, Covers("WebhookService.RotateWebhookSecret", "WebhookService.TestWebhook")]
    public async Task A_test_says_what_came_back_and_a_rotation_signs_with_both()
    {
        await using var consumer = await Consumer.StartAsync();
        var made = await CreateAsync(consumer);
        var rotated = await webhooks.RotateWebhookSecretAsync(new() { Name = made.Name }, host.Auth);
        Assert.NotNull(rotated.Webhook.OldSecretExpireTime);
        var answer = await webhooks.TestWebhookAsync(new() { Name = made.Name }, host.Auth);
        Assert.Equal((true, 204, string.Empty), (answer.Delivered, answer.HttpStatus, answer.Reason));
        Assert.Equal(2, consumer.Requests.Single(r => r.Id == answer.EventId).Signature.Split(' ').Length);
        consumer.Answer = _ => Task.FromResult(500);
        answer = await webhooks.TestWebhookAsync(new() { Name = made.Name }, host.Auth);
        Assert.Equal((false, 500, "The server answered 500."), (answer.Delivered, answer.HttpStatus, answer.Reason));
        await Errors.RefusedAsync(
            webhooks.RotateWebhookSecretAsync(new() { Name = made.Name, OldSecretValid = Duration.FromTimeSpan(TimeSpan.FromDays(8)) }, host.Auth),
            StatusCode.InvalidArgument,
            "OUT_OF_RANGE",
            "old_secret_valid");
        await webhooks.DeleteWebhookAsync(new() { Name = made.Name }, host.Auth);
    }

    [Theory]
    [InlineData("https://10.0.0.1/", "OUT_OF_RANGE")]
    [InlineData("http://partner.example/", "MALFORMED")]
    [InlineData("https://u:p@partner.example/", "MALFORMED")]
    [InlineData("", "MISSING")]
    public async Task An_unsafe_address_is_refused_with_its_field(string url, string reason) => await Errors.RefusedAsync(
        webhooks.CreateWebhookAsync(new() { Parent = host.Parent, WebhookId = EdgeHost.Next("w"), Webhook = new() { Url = url } }, host.Auth),
        StatusCode.InvalidArgument,
        reason,
        "webhook.url");

    private static V1.UpdateWebhookRequest Pause(string name, bool isPaused) =>
        new() { Webhook = new() { Name = name, Paused = isPaused }, UpdateMask = new() { Paths = { "paused" } } };

    private static Task UntilTakenAsync(Consumer consumer, long position) => UntilAsync(() => Task.FromResult(consumer.Taken.Any(t => t.Position == position)));

    private static async Task UntilAsync(Func<Task<bool>> holds) => Assert.True(await Eventually.HoldsAsync(holds));

    /// <summary>The event that a building was made.</summary>
    private static async Task<Got> EventAsync(Consumer consumer, string building)
    {
        Got? Find() => consumer.Taken.FirstOrDefault(t => building.EndsWith(t.Entity, StringComparison.Ordinal));
        await UntilAsync(() => Task.FromResult(Find() is not null));
        return Find()!;
    }

    private Task UntilCursorAsync(string name, long position) => UntilAsync(async () =>
        long.Parse((await webhooks.GetWebhookAsync(new() { Name = name }, host.Auth)).Webhook.Cursor, System.Globalization.CultureInfo.InvariantCulture) >= position);

    private async Task<V1.Webhook> CreateAsync(Consumer consumer) => (await webhooks.CreateWebhookAsync(
        new() { Parent = host.Parent, WebhookId = EdgeHost.Next("w"), Webhook = new() { Url = consumer.Url.ToString(), Kinds = { V1.EventKind.Directory } } },
        host.Auth)).Webhook;

    private async Task<V1.Event> WatchedAsync(long position)
    {
        using var watch = new V1.EventService.EventServiceClient(host.Channel).WatchEvents(new() { Parent = host.Parent, Cursor = $"{position - 1}" }, host.Auth);
        await foreach (var response in watch.ResponseStream.ReadAllAsync(Cancellation))
        {
            if (response.Events.Count > 0)
            {
                return response.Events[0];
            }
        }

        throw new InvalidOperationException("The watch ended.");
    }
}
