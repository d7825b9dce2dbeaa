using System.CommandLine;
using SmartCommunity.Cli.Looking;
using SmartCommunity.V1;

namespace SmartCommunity.Cli.Webhooks;

/// <summary><c>sc webhook replay ID --cursor C</c> or <c>--from INSTANT</c>: sends again what follows.</summary>
internal static class WebhookReplayCommand
{
    public static Command Build(Shell shell)
    {
        var id = new Argument<string>("ID") { Description = "The webhook" };
        var cursor = new Option<string?>("--cursor") { Description = "After this cursor; 0 for from the beginning", HelpName = "CURSOR" };
        var from = new Option<string?>("--from") { Description = "What was recorded from this instant on", HelpName = "INSTANT" };
        return shell.Runs(new Command("replay", "Sets the cursor: what follows is sent, also when it was sent before") { id, cursor, from }, async (session, parsed, cancellation) =>
        {
            var server = session.Server;
            var request = new ReplayWebhookRequest { Name = server.WebhookName(parsed.GetValue(id)!), RequestId = Guid.NewGuid().ToString("n") };
            switch (parsed.GetValue(cursor), Listing.ParseInstant(parsed.GetValue(from), "--from"))
            {
                case ({ } given, null):
                    request.Cursor = given;
                    break;
                case (null, { } instant):
                    request.Time = instant;
                    break;
                default:
                    throw CliFailure.Usage("One of --cursor and --from is needed.", "Say --cursor 0 to send everything again.");
            }

            var answer = await server.CallAsync(o => server.Webhooks.ReplayWebhookAsync(request, o), cancellation);
            WebhookText.Show(session, answer.Webhook);
            return ExitCode.Ok;
        });
    }
}
