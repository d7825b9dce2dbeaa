using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using SmartCommunity.Cli.Output;
using SmartCommunity.V1;

namespace SmartCommunity.Cli.Looking;

/// <summary><c>sc status</c>: the roll-up of the district and of each of its streets.</summary>
internal static class StatusCommand
{
    private const int StreetCodeDigits = 9;

    public static Command Build(Shell shell) => shell.Runs(
        new Command("status", "Devices online, open alarms, today's reports: the district and its streets"),
        async (session, _, cancellation) =>
        {
            var server = session.Server;
            var district = (await server.CallAsync(o => server.Districts.GetDistrictAsync(new() { Name = server.District }, o), cancellation)).District;
            var areas = await Listing.AllAsync(
                Listing.RowsMax,
                async (size, token) =>
                {
                    var page = await server.CallAsync(o => server.Areas.ListAreasAsync(new() { Parent = server.District, PageSize = size, PageToken = token }, o), cancellation);
                    return (page.Areas, page.NextPageToken);
                });
            var rollups = new List<(string Name, Rollup Rollup)> { (district.DisplayName, await RollupAsync(server.District)) };
            foreach (var street in areas.Where(a => Listing.Id(a.Name).Length == StreetCodeDigits))
            {
                rollups.Add((street.DisplayName, await RollupAsync(street.Name)));
            }

            session.Results.Document(new JsonObject
            {
                ["district"] = Results.ToJson(district),
                ["rollups"] = new JsonArray([.. rollups.Select(r => Row(r.Name, r.Rollup))]),
            });
            session.Results.Rows(
                ["AREA", "ONLINE", "DEVICES", "CRITICAL", "WARNING", "NOTICE", "REPORTS TODAY", "BUILDINGS", "ON DUTY", "NAME"],
                [.. rollups.Select(r => Cells(r.Name, r.Rollup))]);
            return ExitCode.Ok;

            async Task<Rollup> RollupAsync(string name) =>
                (await server.CallAsync(o => server.Districts.GetRollupAsync(new() { Name = name }, o), cancellation)).Rollup;
        });

    private static JsonObject Row(string name, Rollup rollup)
    {
        var node = Results.ToJson(rollup).AsObject();
        node["displayName"] = name;
        return node;
    }

    private static string[] Cells(string name, Rollup r) =>
    [
        r.Area, Text(r.DevicesOnline), Text(r.DevicesTotal), Text(r.AlarmsCritical), Text(r.AlarmsWarning), Text(r.AlarmsNotice),
        Text(r.ReportsToday), Text(r.Buildings), Text(r.VolunteersOnDuty), name,
    ];

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
