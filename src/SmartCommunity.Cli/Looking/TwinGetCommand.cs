using System.CommandLine;
using SmartCommunity.Cli.Output;
using SmartCommunity.V1;

namespace SmartCommunity.Cli.Looking;

/// <summary><c>sc twin get buildings/ID [--at INSTANT]</c>: a twin now, or as it was.</summary>
internal static class TwinGetCommand
{
    public static Command Build(Shell shell)
    {
        var twin = new Argument<string>("TWIN") { Description = "buildings/ID or cells/CODE" };
        var at = new Option<string?>("--at") { Description = "As the system knew it then, for example 2026-11-23T08:00:00Z", HelpName = "INSTANT" };
        return shell.Runs(new Command("get", "Shows a twin: its devices, their latest values, its open alarms") { twin, at }, async (session, parsed, cancellation) =>
        {
            var server = session.Server;
            var request = new GetTwinRequest { Name = $"{server.District}/{parsed.GetValue(twin)}/twin", ReadTime = Listing.ParseInstant(parsed.GetValue(at), "--at") };
            var found = (await server.CallAsync(o => server.Twins.GetTwinAsync(request, o), cancellation)).Twin;
            session.Results.Document(Results.ToJson(found));
            session.Results.Line($"{found.Name}  area {found.Area}  {found.Building?.DisplayName}".TrimEnd());
            session.Results.Rows(["DEVICE", "ONLINE", "METRIC", "VALUE", "EVENT TIME"], [.. found.Sensors.SelectMany(Rows)]);
            foreach (var alarm in found.Alarms)
            {
                session.Results.Line(
                    $"alarm {Listing.Id(alarm.Name)}  {AlarmText.Level(alarm.Level)}  {alarm.Metric} {Listing.Number(alarm.Value)}  since {Listing.Instant(alarm.RaiseTime)}",
                    "red");
            }

            return ExitCode.Ok;
        });
    }

    private static IEnumerable<string[]> Rows(Sensor sensor)
    {
        var online = sensor.Revoked ? "revoked" : sensor.Online ? "yes" : "no";
        return sensor.Values.Count == 0
            ? [[Listing.Id(sensor.Device), online, "", "", ""]]
            : sensor.Values.Select(v => new[] { Listing.Id(sensor.Device), online, v.Metric, Listing.Number(v.Value), Listing.Instant(v.EventTime) });
    }
}
