using System.CommandLine;
using System.Text.Json.Nodes;

namespace SmartCommunity.Cli.Webhooks;

/// <summary><c>sc webhook remove ID</c>: nothing is sent any more.</summary>
internal static class WebhookRemoveCommand
{
    public static Command Build(Shell shell)
    {
        var id = new Argument<string>("ID") { Description = "The webhook" };
        return shell.Runs(new Command("remove", "Deletes a webhook; nothing is sent any more") { id }, async (session, parsed, cancellation) =>
        {
            var server = session.Server;
            var answer = await server.CallAsync(
                o => server.Webhooks.DeleteWebhookAsync(new() { Name = server.WebhookName(parsed.GetValue(id)!), RequestId = Guid.NewGuid().ToString("n") }, o),
                cancellation);
            session.Results.Document(new JsonObject { ["name"] = answer.Name });
            session.Results.Line($"{answer.Name} is deleted");
            return ExitCode.Ok;
        });
    }
}
