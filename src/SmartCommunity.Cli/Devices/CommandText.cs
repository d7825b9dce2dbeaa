using System.Globalization;
using SmartCommunity.Cli.Looking;
using SmartCommunity.V1;

namespace SmartCommunity.Cli.Devices;

/// <summary>A command in words, and what its end means for a script.</summary>
internal static class CommandText
{
    /// <summary>Also the words of <c>--state</c>.</summary>
    public static string State(CommandState state) => state.ToString().ToLowerInvariant();

    public static IEnumerable<string> States => Enum.GetValues<CommandState>().Where(s => s != CommandState.Unspecified).Select(State);

    public static bool HasEnded(CommandState state) => state is not (CommandState.Unspecified or CommandState.Issued or CommandState.Delivered);

    /// <summary>0 answered, 1 cancelled or undeliverable, 3 expired: the device may be there another time.</summary>
    public static int ExitCodeOf(CommandState state) => state switch
    {
        CommandState.Answered => ExitCode.Ok,
        CommandState.Expired => ExitCode.Unavailable,
        _ => ExitCode.Refused,
    };

    public static string Line(DeviceCommand command)
    {
        var head = $"{Listing.Id(command.Name)} {command.CommandName}: {State(command.State)}";
        return command.State switch
        {
            CommandState.Answered => $"{head} {command.Reply}",
            CommandState.Expired => string.Create(CultureInfo.InvariantCulture, $"{head} at {Listing.Instant(command.EndTime)}, {(command.DeliverTime is null ? "never delivered" : "delivered but not answered")}"),
            _ => $"{head} {command.Note}".TrimEnd(),
        };
    }
}
