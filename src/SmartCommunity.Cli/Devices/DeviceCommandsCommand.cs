using System.CommandLine;
using SmartCommunity.Cli.Looking;
using SmartCommunity.V1;

namespace SmartCommunity.Cli.Devices;

/// <summary><c>sc device commands DEVICE [--state S]</c>: open and ended ones, last changed first.</summary>
internal static class DeviceCommandsCommand
{
    public static Command Build(Shell shell)
    {
        var id = new Argument<string>("DEVICE") { Description = "The device; - for all" };
        var state = new Option<string?>("--state") { Description = $"Only these: {string.Join(", ", CommandText.States)}", HelpName = "STATE" };
        state.AcceptOnlyFromAmong([.. CommandText.States]);
        var limit = Listing.LimitOption();
        return shell.Runs(new Command("commands", "Lists the commands of a device") { id, state, limit }, async (session, parsed, cancellation) =>
        {
            var server = session.Server;
            var wanted = Enum.GetValues<CommandState>().FirstOrDefault(s => CommandText.State(s) == parsed.GetValue(state));
            var commands = await Listing.AllAsync(
                parsed.GetValue(limit),
                async (size, token) =>
                {
                    var page = await server.CallAsync(
                        o => server.Commands.ListDeviceCommandsAsync(
                            new() { Parent = server.DeviceName(parsed.GetValue(id)!), PageSize = size, PageToken = token, State = wanted }, o),
                        cancellation);
                    return (page.Commands, page.NextPageToken);
                });
            Listing.Show(
                session.Results,
                "commands",
                commands,
                ["DEVICE", "COMMAND", "NAME", "STATE", "ISSUED", "EXPIRES", "REPLY"],
                c =>
                [
                    c.Name.Split('/')[3], Listing.Id(c.Name), c.CommandName, CommandText.State(c.State), Listing.Instant(c.IssueTime), Listing.Instant(c.ExpireTime),
                    c.Reply is null ? c.Note : c.Reply.ToString(),
                ]);
            return ExitCode.Ok;
        });
    }
}
