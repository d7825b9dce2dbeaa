using System.CommandLine;
using SmartCommunity.V1;

namespace SmartCommunity.Cli.Looking;

/// <summary><c>sc alarms list [--area CODE] [--all]</c>.</summary>
internal static class AlarmListCommand
{
    public static Command Build(Shell shell)
    {
        var area = Listing.AreaOption();
        var all = new Option<bool>("--all") { Description = "Closed ones too" };
        var limit = Listing.LimitOption();
        return shell.Runs(new Command("list", "Lists open alarms") { area, all, limit }, async (session, parsed, cancellation) =>
        {
            var server = session.Server;
            var status = parsed.GetValue(all) ? AlarmStatus.Unspecified : AlarmStatus.Open;
            var alarms = await Listing.AllAsync(
                parsed.GetValue(limit),
                async (size, token) =>
                {
                    var page = await server.CallAsync(
                        o => server.Alarms.ListAlarmsAsync(
                            new() { Parent = server.District, PageSize = size, PageToken = token, Area = parsed.GetValue(area) ?? "", Status = status },
                            o),
                        cancellation);
                    return (page.Alarms, page.NextPageToken);
                });
            Listing.Show(
                session.Results,
                "alarms",
                alarms,
                ["ALARM", "LEVEL", "STATE", "DEVICE", "METRIC", "VALUE", "AREA", "RAISED"],
                a => [Listing.Id(a.Name), AlarmText.Level(a.Level), AlarmText.State(a), Listing.Id(a.Device), a.Metric, Listing.Number(a.Value), a.Area, Listing.Instant(a.RaiseTime)]);
            return ExitCode.Ok;
        });
    }
}
