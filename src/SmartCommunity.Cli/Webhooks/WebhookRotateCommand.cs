using System.CommandLine;
using Google.Protobuf.WellKnownTypes;
using SmartCommunity.Cli.Looking;

namespace SmartCommunity.Cli.Webhooks;

/// <summary><c>sc webhook rotate ID</c>: a new secret; for a while requests carry a signature of the old one too.</summary>
internal static class WebhookRotateCommand
{
    private const int HoursDefault = 24;
    private const int HoursMax = 7 * 24;

    public static Command Build(Shell shell)
    {
        var id = new Argument<string>("ID") { Description = "The webhook" };
        var hours = Listing.Whole("--keep-old-hours", "How long the old secret stays valid", HoursDefault, 0, HoursMax);
        return shell.Runs(new Command("rotate", "Makes a new secret and prints it once") { id, hours }, async (session, parsed, cancellation) =>
        {
            var server = session.Server;
            var answer = await server.CallAsync(
                o => server.Webhooks.RotateWebhookSecretAsync(
                    new()
                    {
                        Name = server.WebhookName(parsed.GetValue(id)!),
                        OldSecretValid = Duration.FromTimeSpan(TimeSpan.FromHours(parsed.GetValue(hours))),
                        RequestId = Guid.NewGuid().ToString("n"),
                    },
                    o),
                cancellation);
            WebhookText.ShowSecret(session, answer.Webhook, answer.Secret);
            return ExitCode.Ok;
        });
    }
}
