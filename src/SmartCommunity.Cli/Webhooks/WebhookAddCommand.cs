using System.CommandLine;
using SmartCommunity.Cli.Looking;
using SmartCommunity.Cli.Watching;
using SmartCommunity.V1;

namespace SmartCommunity.Cli.Webhooks;

/// <summary><c>sc webhook add ID --url URL</c>: prints the secret once.</summary>
internal static class WebhookAddCommand
{
    public static Command Build(Shell shell)
    {
        var id = new Argument<string>("ID") { Description = "1 to 64 of A-Z a-z 0-9 . _ -" };
        var url = new Option<string>("--url") { Description = "Where events are sent: https", HelpName = "URL", Required = true };
        var area = Listing.AreaOption();
        var kinds = new Option<string?>("--kinds") { Description = $"Only these, separated by commas: {string.Join(",", EventText.Kinds)}", HelpName = "KINDS" };
        var description = new Option<string?>("--description") { Description = "What it is for", HelpName = "TEXT" };
        return shell.Runs(new Command("add", "Creates a webhook and prints its secret once") { id, url, area, kinds, description }, async (session, parsed, cancellation) =>
        {
            var server = session.Server;
            var request = new CreateWebhookRequest
            {
                Parent = server.District,
                WebhookId = parsed.GetValue(id),
                RequestId = Guid.NewGuid().ToString("n"),
                Webhook = new()
                {
                    Url = parsed.GetValue(url),
                    Area = parsed.GetValue(area) ?? "",
                    Kinds = { WatchCommand.ParseKinds(parsed.GetValue(kinds)) },
                    Description = parsed.GetValue(description) ?? "",
                },
            };
            var answer = await server.CallAsync(o => server.Webhooks.CreateWebhookAsync(request, o), cancellation);
            WebhookText.ShowSecret(session, answer.Webhook, answer.Secret);
            session.Results.Line($"try: sc webhook test {Listing.Id(answer.Webhook.Name)}");
            return ExitCode.Ok;
        });
    }
}
