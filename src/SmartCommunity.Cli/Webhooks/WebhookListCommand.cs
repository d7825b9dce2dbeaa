using System.CommandLine;
using System.Globalization;
using SmartCommunity.Cli.Looking;

namespace SmartCommunity.Cli.Webhooks;

/// <summary><c>sc webhook list</c>: every webhook, how far it has come, and what went wrong last.</summary>
internal static class WebhookListCommand
{
    public static Command Build(Shell shell)
    {
        var limit = Listing.LimitOption();
        return shell.Runs(new Command("list", "Lists webhooks and how their delivery goes") { limit }, async (session, parsed, cancellation) =>
        {
            var server = session.Server;
            var webhooks = await Listing.AllAsync(
                parsed.GetValue(limit),
                async (size, token) =>
                {
                    var page = await server.CallAsync(
                        o => server.Webhooks.ListWebhooksAsync(new() { Parent = server.District, PageSize = size, PageToken = token }, o), cancellation);
                    return (page.Webhooks, page.NextPageToken);
                });
            Listing.Show(
                session.Results,
                "webhooks",
                webhooks,
                ["WEBHOOK", "URL", "STATE", "CURSOR", "DELIVERED", "LAST FAILURE"],
                w => [Listing.Id(w.Name), w.Url, WebhookText.State(w), w.Cursor, w.Delivered.ToString(CultureInfo.InvariantCulture), WebhookText.LastFailure(w)]);
            return ExitCode.Ok;
        });
    }
}
