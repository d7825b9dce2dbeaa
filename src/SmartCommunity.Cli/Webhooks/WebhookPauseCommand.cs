using System.CommandLine;

namespace SmartCommunity.Cli.Webhooks;

/// <summary><c>sc webhook pause ID</c> and <c>sc webhook resume ID</c>: the cursor stays, so nothing is lost in between.</summary>
internal static class WebhookPauseCommand
{
    public static Command BuildPause(Shell shell) => Build(shell, "pause", "Stops sending; the cursor stays", isPaused: true);

    public static Command BuildResume(Shell shell) => Build(shell, "resume", "Goes on where the cursor stands", isPaused: false);

    private static Command Build(Shell shell, string name, string description, bool isPaused)
    {
        var id = new Argument<string>("ID") { Description = "The webhook" };
        return shell.Runs(new Command(name, description) { id }, async (session, parsed, cancellation) =>
        {
            var server = session.Server;
            var answer = await server.CallAsync(
                o => server.Webhooks.UpdateWebhookAsync(
                    new()
                    {
                        Webhook = new() { Name = server.WebhookName(parsed.GetValue(id)!), Paused = isPaused },
                        UpdateMask = new() { Paths = { "paused" } },
                        RequestId = Guid.NewGuid().ToString("n"),
                    },
                    o),
                cancellation);
            WebhookText.Show(session, answer.Webhook);
            return ExitCode.Ok;
        });
    }
}
