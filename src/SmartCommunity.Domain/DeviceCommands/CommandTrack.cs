using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Domain.Views;

namespace SmartCommunity.Domain.DeviceCommands;

/// <summary>How commands evolve, and their view rows. A twin holds the open ones of a device; the ended ones stay as view rows.</summary>
public static class CommandTrack
{
    internal const string ClockActor = "system:clock";

    /// <summary>The id of a command's view row, unique in the district.</summary>
    public static string RowId(DeviceId device, CommandId command) => RowPrefix(device) + command;

    /// <summary>What the row ids of all commands of a device begin with.</summary>
    public static string RowPrefix(DeviceId device) => $"{device}/";

    /// <summary>Device and command of a row id; false when it is none.</summary>
    public static bool TryParse(string rowId, out DeviceId device, out CommandId command)
    {
        ArgumentNullException.ThrowIfNull(rowId);
        var slash = rowId.IndexOf('/', StringComparison.Ordinal);
        device = default;
        command = default;
        return slash > 0 && DeviceId.TryParse(rowId[..slash], out device) && CommandId.TryParse(rowId[(slash + 1)..], out command);
    }

    public static bool IsOpen(CommandState state) => state is CommandState.Issued or CommandState.Delivered;

    /// <summary>The status of view rows in a state.</summary>
    public static string StatusOf(CommandState state) => state switch
    {
        CommandState.Issued => ViewStatus.Issued,
        CommandState.Delivered => ViewStatus.Delivered,
        CommandState.Answered => ViewStatus.Answered,
        CommandState.Expired => ViewStatus.Expired,
        CommandState.Cancelled => ViewStatus.Cancelled,
        CommandState.Undeliverable => ViewStatus.Undeliverable,
        _ => throw new ArgumentOutOfRangeException(nameof(state)),
    };

    internal static Projected RowOf(DeviceCommand command, bool mustBeNew = false) => new(
        ViewKinds.Command, RowId(command.Device, command.Id), command.Area.ToString(), StatusOf(command.State), command, MustBeNew: mustBeNew);

    internal static DeviceCommand? Find(DeviceCommand[] open, CommandId id)
    {
        foreach (var command in open)
        {
            if (command.Id == id)
            {
                return command;
            }
        }

        return null;
    }

    /// <summary>A copy of the open commands with one of them put in place; without it when it has ended.</summary>
    internal static DeviceCommand[] Put(DeviceCommand[] open, DeviceCommand command)
    {
        var isKnown = Find(open, command.Id) is not null;
        return (IsOpen(command.State), isKnown) switch
        {
            (true, true) => [.. open.Select(c => c.Id == command.Id ? command : c)],
            (true, false) => [.. open, command],
            _ => [.. open.Where(c => c.Id != command.Id)],
        };
    }

    internal static DeviceCommand[] Moved(DeviceCommand[] open, AreaCode area) =>
        open.Length == 0 ? open : [.. open.Select(command => command with { Area = area })];

    /// <summary>The command after an event that concerns it.</summary>
    internal static DeviceCommand Evolve(DeviceCommand[] open, CommandEvent happened, long atMs)
    {
        if (happened is CommandIssued issued)
        {
            return issued.Command;
        }

        var (device, id) = happened.Target;
        var command = Find(open, id) ?? throw new InvalidOperationException($"The log names command {id} of device {device}, which is not open.");
        var at = DateTimeOffset.FromUnixTimeMilliseconds(atMs);
        return happened switch
        {
            CommandDelivered => command with { State = CommandState.Delivered, DeliveredAt = at },
            CommandAnswered e => command with { State = CommandState.Answered, DeliveredAt = command.DeliveredAt ?? at, EndedAt = at, Reply = e.Reply },
            CommandExpired => command with { State = CommandState.Expired, EndedAt = at },
            CommandCancelled e => command with { State = CommandState.Cancelled, EndedAt = at, EndedBy = e.By, Note = e.Note },
            CommandUndeliverable e => command with { State = CommandState.Undeliverable, EndedAt = at, Note = e.Reason },
            _ => throw new ArgumentException($"{happened.GetType().Name} does not move a command.", nameof(happened)),
        };
    }
}
