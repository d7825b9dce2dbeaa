using System.CommandLine;
using System.Globalization;
using SmartCommunity.Cli.Output;

namespace SmartCommunity.Cli.Webhooks;

/// <summary><c>sc webhook test ID</c>: sends a signed ping event and says what came back.</summary>
internal static class WebhookTestCommand
{
    public static Command Build(Shell shell)
    {
        var id = new Argument<string>("ID") { Description = "The webhook" };
        return shell.Runs(new Command("test", "Sends a ping event and says what came back") { id }, async (session, parsed, cancellation) =>
        {
            var server = session.Server;
            var answer = await server.CallAsync(
                o => server.Webhooks.TestWebhookAsync(new() { Name = server.WebhookName(parsed.GetValue(id)!) }, o), cancellation);
            var ms = answer.Latency.ToTimeSpan().TotalMilliseconds;
            session.Results.Document(Results.ToJson(answer));
            session.Results.Line(answer.Delivered
                ? string.Create(CultureInfo.InvariantCulture, $"answered {answer.HttpStatus} in {ms:0} ms: {answer.EventId} was taken")
                : string.Create(CultureInfo.InvariantCulture, $"not taken after {ms:0} ms: {answer.Reason}"));
            return answer.Delivered ? ExitCode.Ok : ExitCode.Refused;
        });
    }
}
