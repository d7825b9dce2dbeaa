using System.CommandLine;
using System.Text.Json.Nodes;
using SmartCommunity.Cli.Connections;

namespace SmartCommunity.Cli.Keeping;

/// <summary>
/// <c>sc config check</c> and <c>sc config show [--redact]</c>: the options as a start in this folder and environment would read them, checked by the server's own rules without a start.
/// </summary>
internal static class ConfigCommands
{
    private const string Redacted = "(redacted)";

    public static Command BuildCheck(Shell shell)
    {
        var options = Options();
        return shell.Runs(new Command("check", "Checks the server's options without starting it") { options }, async (session, parsed, cancellation) =>
        {
            var report = await ReadAsync(session, parsed.GetValue(options), cancellation);
            session.Results.Document(new JsonObject { ["problems"] = report["problems"]!.DeepClone() });
            return Problems(session, report);
        });
    }

    public static Command BuildShow(Shell shell)
    {
        var options = Options();
        var redact = new Option<bool>("--redact") { Description = "Hides secrets" };
        var changed = new Option<bool>("--changed") { Description = "Only what differs from its default" };
        return shell.Runs(new Command("show", "Shows the server's options with their sources") { options, redact, changed }, async (session, parsed, cancellation) =>
        {
            var report = await ReadAsync(session, parsed.GetValue(options), cancellation);
            if (parsed.GetValue(redact))
            {
                Redact(report);
            }

            var rows = report["options"]!.AsArray().Where(o => !parsed.GetValue(changed) || (string?)o!["source"] != "default").ToArray();
            session.Results.Document(new JsonObject
            {
                ["options"] = new JsonArray([.. rows.Select(r => r!.DeepClone())]),
                ["problems"] = report["problems"]!.DeepClone(),
            });
            session.Results.Rows(
                ["OPTION", "VALUE", "SOURCE", "DEFAULT"],
                [.. rows.Select(o => new[] { Text(o!, "key"), Text(o!, "value"), Text(o!, "source"), Text(o!, "default") })]);
            return Problems(session, report);
        });
    }

    /// <summary>What the server's program says of its options; also for other commands.</summary>
    public static Task<JsonNode> ReadAsync(Session session, string[]? options, CancellationToken cancellation) =>
        HostProgram.RunAsync(session.Around, ["config", .. options ?? []], _ => { }, cancellation);

    private static Argument<string[]> Options() => new("OPTIONS")
    {
        Description = "The server's command line, after --: -- --Ports:Http=9080",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private static int Problems(Session session, JsonNode report)
    {
        var problems = report["problems"]!.AsArray();
        foreach (var problem in problems)
        {
            session.Results.Line($"✗ {(string?)problem}", "red");
        }

        if (problems.Count == 0)
        {
            session.Results.Line("✓ All options are good.", "green");
        }

        return problems.Count == 0 ? ExitCode.Ok : ExitCode.Refused;
    }

    private static void Redact(JsonNode report)
    {
        foreach (var option in report["options"]!.AsArray().Where(o => (bool)o!["isSecret"]! && Text(o!, "value").Length > 0))
        {
            option!["value"] = Redacted;
        }
    }

    private static string Text(JsonNode option, string property) => (string?)option[property] ?? string.Empty;
}
