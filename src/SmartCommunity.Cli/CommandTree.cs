using System.CommandLine;
using SmartCommunity.Cli.Devices;
using SmartCommunity.Cli.Doctor;
using SmartCommunity.Cli.Importing;
using SmartCommunity.Cli.Keeping;
using SmartCommunity.Cli.Looking;
using SmartCommunity.Cli.Playing;
using SmartCommunity.Cli.Watching;
using SmartCommunity.Cli.Webhooks;

namespace SmartCommunity.Cli;

/// <summary>All commands of <c>sc</c>.</summary>
internal static class CommandTree
{
    public static RootCommand Build(Surroundings around)
    {
        var shell = new Shell(around);
        var root = new RootCommand(
            "sc talks to a SmartCommunity server over its public contract. Where to find it comes from the options, else SC_* variables, else data/demo.env. " +
            "Exit codes: 0 done, 1 refused, 2 wrong usage, 3 unavailable.");
        foreach (var option in shell.Global)
        {
            root.Options.Add(option);
        }

        root.Subcommands.Add(StatusCommand.Build(shell));
        root.Subcommands.Add(ImportCommand.Build(shell));
        root.Subcommands.Add(Group("device", "Field devices", DeviceAddCommand.Build(shell), DeviceListCommand.Build(shell), DeviceTailCommand.Build(shell), DeviceRevokeCommand.Build(shell), DeviceRotateCommand.Build(shell), DeviceSendCommand.Build(shell), DeviceCommandsCommand.Build(shell)));
        root.Subcommands.Add(WatchCommand.Build(shell));
        root.Subcommands.Add(Group("demo", "The demo district", PlayCommand.Build(shell)));
        root.Subcommands.Add(Group("twin", "Twins of buildings and cells", TwinGetCommand.Build(shell)));
        root.Subcommands.Add(ReadingsCommand.Build(shell));
        root.Subcommands.Add(Group("alarms", "Alarms", AlarmListCommand.Build(shell), AlarmAckCommand.Build(shell), AlarmCloseCommand.Build(shell)));
        root.Subcommands.Add(Group("quarantine", "Messages that could not be accepted", QuarantineListCommand.Build(shell)));
        root.Subcommands.Add(Group(
            "webhook",
            "Webhooks: events sent to a partner's server",
            WebhookAddCommand.Build(shell),
            WebhookListCommand.Build(shell),
            WebhookPauseCommand.BuildPause(shell),
            WebhookPauseCommand.BuildResume(shell),
            WebhookRotateCommand.Build(shell),
            WebhookReplayCommand.Build(shell),
            WebhookTestCommand.Build(shell),
            WebhookRemoveCommand.Build(shell)));
        root.Subcommands.Add(HashCommand.Build(shell));
        root.Subcommands.Add(DoctorCommand.Build(shell));
        root.Subcommands.Add(BackupCommand.Build(shell));
        root.Subcommands.Add(VerifyCommand.Build(shell));
        root.Subcommands.Add(RestoreCommand.Build(shell));
        root.Subcommands.Add(ExportCommand.Build(shell));
        root.Subcommands.Add(Group("config", "The server's options", ConfigCommands.BuildCheck(shell), ConfigCommands.BuildShow(shell)));
        return root;
    }

    /// <summary>Parses and runs one command line; answers the exit code.</summary>
    public static async Task<int> RunAsync(string[] args, Surroundings around, CancellationToken cancellation = default)
    {
        var parsed = Build(around).Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
            {
                await around.Error.WriteLineAsync($"sc: {error.Message}");
            }

            await around.Error.WriteLineAsync($"    {CommandPath(parsed.CommandResult)} --help shows how it is used.");
            return ExitCode.Usage;
        }

        return await parsed.InvokeAsync(new() { Output = around.Out, Error = around.Error, EnableDefaultExceptionHandler = false }, cancellation);
    }

    private static Command Group(string name, string description, params Command[] commands)
    {
        var group = new Command(name, description);
        foreach (var command in commands)
        {
            group.Subcommands.Add(command);
        }

        return group;
    }

    private static string CommandPath(System.CommandLine.Parsing.CommandResult result) => result.Parent is System.CommandLine.Parsing.CommandResult parent
        ? $"{CommandPath(parent)} {result.Command.Name}"
        : "sc";
}
