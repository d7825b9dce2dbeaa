using System.CommandLine;

namespace SmartCommunity.Cli.Looking;

/// <summary><c>sc readings DEVICE [--metric M] [--from I] [--to I]</c>.</summary>
internal static class ReadingsCommand
{
    public static Command Build(Shell shell)
    {
        var device = new Argument<string>("DEVICE") { Description = "The device" };
        var metric = new Option<string?>("--metric") { Description = "One metric", HelpName = "NAME" };
        var from = new Option<string?>("--from") { Description = "Event time from, inclusive", HelpName = "INSTANT" };
        var to = new Option<string?>("--to") { Description = "Event time to, exclusive", HelpName = "INSTANT" };
        var limit = Listing.LimitOption();
        return shell.Runs(new Command("readings", "Lists a device's readings by event time") { device, metric, from, to, limit }, async (session, parsed, cancellation) =>
        {
            var server = session.Server;
            var start = Listing.ParseInstant(parsed.GetValue(from), "--from");
            var end = Listing.ParseInstant(parsed.GetValue(to), "--to");
            var parent = server.DeviceName(parsed.GetValue(device)!);
            var readings = await Listing.AllAsync(
                parsed.GetValue(limit),
                async (size, token) =>
                {
                    var page = await server.CallAsync(
                        o => server.Readings.ListReadingsAsync(
                            new() { Parent = parent, PageSize = size, PageToken = token, Metric = parsed.GetValue(metric) ?? "", StartTime = start, EndTime = end },
                            o),
                        cancellation);
                    return (page.Readings, page.NextPageToken);
                });
            Listing.Show(
                session.Results,
                "readings",
                readings,
                ["EVENT TIME", "METRIC", "VALUE", "RECEIVED", "MESSAGE"],
                r => [Listing.Instant(r.EventTime), r.Metric, Listing.Number(r.Value), Listing.Instant(r.ReceiveTime), r.MessageId]);
            return ExitCode.Ok;
        });
    }
}
