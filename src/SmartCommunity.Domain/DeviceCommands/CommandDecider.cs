using SmartCommunity.Domain.Catalogue;
using SmartCommunity.Domain.Commands;
using SmartCommunity.Domain.Devices;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Domain.Twins;

namespace SmartCommunity.Domain.DeviceCommands;

/// <summary>Decides what people do with commands; what devices and time do to them is decided with the twin's messages and sweeps.</summary>
public static class CommandDecider
{
    /// <summary>Issues a command. Its id is unique among the device's: its view row must be new.</summary>
    public static Outcome<Decision<DeviceCommand>> Issue(TwinState state, NewCommand wanted, DistrictCatalogue catalogue, CommandContext context)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(wanted);
        ArgumentNullException.ThrowIfNull(context);
        if (state.Find(wanted.Device) is not { } slot)
        {
            return Check.NotFound("device");
        }

        var refusal = (slot.Device.Revoked ? DeviceCheck.Revoked() : null)
            ?? Check.Text(wanted.Name, "name", Limits.CommandNameCharsMax)
            ?? CommandBody.Judge(wanted.Body, "body", Limits.CommandBodyBytesMax)
            ?? BadExpiry(wanted.ExpiresAt, context.Now);
        if (refusal is not null)
        {
            return refusal;
        }

        // What has run out by now ends first: it takes no place any more.
        var nowMs = context.Now.ToUnixTimeMilliseconds();
        var scratch = TwinDecider.Begin(state, catalogue, context);
        var draft = scratch.Draft(slot);
        scratch.FireDue(draft, nowMs);
        if (Full(state, draft) is { } full)
        {
            return full;
        }

        var command = new DeviceCommand(
            wanted.Id, wanted.Device, state.Key, slot.Device.Area, slot.CommandsIssued + 1, wanted.Name, wanted.Body, context.Actor,
            DateTimeOffset.FromUnixTimeMilliseconds(nowMs), DateTimeOffset.FromUnixTimeMilliseconds(wanted.ExpiresAt.ToUnixTimeMilliseconds()), CommandState.Issued);
        scratch.Change(draft, new CommandIssued(command), nowMs, context.Actor);
        scratch.CloseDecision();
        return TwinDecider.Finish(scratch, command, context);
    }

    /// <summary>Takes an open command back. A device that has it already is not told: its answer is then refused.</summary>
    public static Outcome<Decision<DeviceCommand>> Cancel(
        TwinState state, DeviceId device, CommandId id, string? note, DistrictCatalogue catalogue, CommandContext context)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(context);
        if (state.Find(device) is not { } slot)
        {
            return Check.NotFound("device");
        }

        if (Check.Text(note, "note", Limits.NoteCharsMax, required: false) is { } refusal)
        {
            return refusal;
        }

        var nowMs = context.Now.ToUnixTimeMilliseconds();
        var scratch = TwinDecider.Begin(state, catalogue, context);
        var draft = scratch.Draft(slot);
        scratch.FireDue(draft, nowMs);
        if (CommandTrack.Find(draft.Commands, id) is null)
        {
            return NotOpen();
        }

        var cancelled = scratch.Change(draft, new CommandCancelled(device, id, context.Actor, note), nowMs, context.Actor);
        scratch.CloseDecision();
        return TwinDecider.Finish(scratch, cancelled, context);
    }

    /// <summary>The end of all open commands of a device that is revoked: undeliverable, but for those whose time had run out before.</summary>
    internal static void EndAll<T>(TwinState state, Decision<T> decision, DeviceSlot slot, CommandContext context)
        where T : class
    {
        var nowMs = context.Now.ToUnixTimeMilliseconds();
        foreach (var command in slot.Commands)
        {
            var dueMs = command.ExpiresAt.ToUnixTimeMilliseconds();
            CommandEvent end = dueMs <= nowMs
                ? new CommandExpired(command.Device, command.Id, command.ExpiresAt)
                : new CommandUndeliverable(command.Device, command.Id, UndeliverableReasons.Revoked);
            var atMs = Math.Min(dueMs, nowMs);
            var actor = dueMs <= nowMs ? CommandTrack.ClockActor : context.Actor;
            decision.Events.Add(new(end, command.Area, atMs, Math.Max(nowMs, state.RecordedMs), actor, context.RequestId));
            decision.Effects.Rows.Add(CommandTrack.RowOf(CommandTrack.Evolve(slot.Commands, end, atMs)));
        }
    }

    internal static Refusal NotOpen() => new(
        RefusalCode.NotFound,
        "command",
        "The device has no such open command: it is unknown, or it was answered, cancelled or has expired.",
        "Answer a command once and before it expires; its payload says when (expires).");

    private static Refusal? BadExpiry(DateTimeOffset expires, DateTimeOffset now) => (expires - now).TotalSeconds switch
    {
        < Limits.CommandSecondsMin or > Limits.CommandSecondsMax => new(
            RefusalCode.OutOfRange,
            "expires",
            $"A command lives {Limits.CommandSecondsMin} to {Limits.CommandSecondsMax} seconds.",
            "Give a time to live in that range, or an instant that lies so far ahead."),
        _ => null,
    };

    private static Refusal? Full(TwinState state, DeviceDraft draft)
    {
        if (draft.Commands.Length >= Limits.OpenCommandsPerDeviceMax)
        {
            return TooMany($"A device has at most {Limits.OpenCommandsPerDeviceMax} open commands.");
        }

        var open = draft.Commands.Length - draft.Slot.Commands.Length;
        foreach (var slot in state.Slots)
        {
            open += slot.Commands.Length;
        }

        return open >= Limits.OpenCommandsPerTwinMax
            ? TooMany($"The devices of one building or cell have at most {Limits.OpenCommandsPerTwinMax} open commands together.")
            : null;
    }

    private static Refusal TooMany(string rule) => new(
        RefusalCode.TooMany, "command", rule, "Wait until some are answered or expire, or cancel what is no longer wanted.");
}
