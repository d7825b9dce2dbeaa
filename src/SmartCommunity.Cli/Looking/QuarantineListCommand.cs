using System.CommandLine;

namespace SmartCommunity.Cli.Looking;

/// <summary><c>sc quarantine list [--area CODE] [--device ID]</c>.</summary>
internal static class QuarantineListCommand
{
    private const int ExcerptCharsShown = 48;

    public static Command Build(Shell shell)
    {
        var area = Listing.AreaOption();
        var device = new Option<string?>("--device") { Description = "Only of this device", HelpName = "ID" };
        var limit = Listing.LimitOption();
        return shell.Runs(new Command("list", "Lists messages that could not be accepted, with the reason") { area, device, limit }, async (session, parsed, cancellation) =>
        {
            var server = session.Server;
            var of = parsed.GetValue(device) is { } id ? server.DeviceName(id) : "";
            var messages = await Listing.AllAsync(
                parsed.GetValue(limit),
                async (size, token) =>
                {
                    var page = await server.CallAsync(
                        o => server.Quarantine.ListQuarantinedMessagesAsync(
                            new() { Parent = server.District, PageSize = size, PageToken = token, Area = parsed.GetValue(area) ?? "", Device = of },
                            o),
                        cancellation);
                    return (page.QuarantinedMessages, page.NextPageToken);
                });
            Listing.Show(
                session.Results,
                "quarantinedMessages",
                messages,
                ["DEVICE", "RECEIVED", "REASON", "FIELD", "RULE", "PAYLOAD"],
                m => [Listing.Id(m.Device), Listing.Instant(m.ReceiveTime), m.Reason, m.Field, m.Rule, Shortened(m.Excerpt)]);
            return ExitCode.Ok;
        });
    }

    private static string Shortened(string excerpt)
    {
        var line = excerpt.ReplaceLineEndings(" ");
        return line.Length <= ExcerptCharsShown ? line : line[..ExcerptCharsShown] + "…";
    }
}
