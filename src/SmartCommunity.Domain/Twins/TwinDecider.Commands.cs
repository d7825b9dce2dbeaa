using SmartCommunity.Domain.Alarms;
using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.Buildings;
using SmartCommunity.Domain.Catalogue;
using SmartCommunity.Domain.Commands;
using SmartCommunity.Domain.DeviceCommands;
using SmartCommunity.Domain.Devices;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Domain.Views;

namespace SmartCommunity.Domain.Twins;

public static partial class TwinDecider
{
    /// <summary>Mounts a device, or changes its name, profile or token. The device's id is unique in the district: its view row must be new.</summary>
    /// <param name="mountExists">Whether the building or cell exists.</param>
    /// <param name="gateway">What is known of the gateway the device names; null when it names none.</param>
    public static Outcome<Decision<Device>> DefineDevice(
        TwinState state,
        Device device,
        bool mountExists,
        DistrictCatalogue catalogue,
        WriteCondition condition,
        CommandContext context,
        GatewayStanding? gateway = null)
    {
        var slot = state.Find(device.Id);
        var refusal = Check.Condition(condition, slot?.Device.Revision, "device")
            ?? DeviceCheck.Judge(state, device, mountExists, catalogue, slot?.Device, gateway);
        if (refusal is not null)
        {
            return refusal;
        }

        return slot is null
            ? Mount(state, device, condition, context)
            : Change(state, slot, device, condition, context);
    }

    public static Outcome<Decision<Device>> ReplaceCredential(TwinState state, DeviceId device, DeviceCredential credential, CommandContext context)
    {
        if (state.Find(device) is not { } slot)
        {
            return Check.NotFound("device");
        }

        if (slot.Device.Revoked)
        {
            return DeviceCheck.Revoked();
        }

        if (credential.Judge() is { } refusal)
        {
            return refusal;
        }

        if (DeviceCredential.Of(slot.Device) == credential)
        {
            return new Decision<Device>(slot.Device);
        }

        var decision = new Decision<Device>(DeviceRows.Rotated(slot.Device, credential));
        Rotate(state, decision, slot, credential, context);
        decision.Effects.Rows.Add(DeviceRows.Of(decision.Result, slot.Online));
        return decision;
    }

    /// <summary>Ends a device for good: its token is no longer found, its clocks rest, its open alarms wait for a person, its open commands end.</summary>
    public static Outcome<Decision<Device>> RevokeDevice(TwinState state, DeviceId device, DistrictCatalogue catalogue, CommandContext context)
    {
        if (state.Find(device) is not { } slot)
        {
            return Check.NotFound("device");
        }

        if (slot.Device.Revoked)
        {
            return new Decision<Device>(slot.Device);
        }

        var area = slot.Device.Area.ToString();
        var decision = new Decision<Device>(DeviceRows.Revoked(slot.Device));
        Happened(state, decision, new DeviceRevoked(device), slot.Device.Area, context);
        decision.Effects.Rows.Add(DeviceRows.Of(decision.Result, online: false));
        decision.Effects.Count(area, CounterNames.DevicesTotal, -1);
        decision.Effects.Count(area, CounterNames.DevicesOnline, slot.Online ? -1 : 0);
        decision.Effects.Lookups.Add(DeviceCredential.Of(slot.Device).Released());
        CountBehind(state, decision.Effects, slot.Device.Gateway, null);
        CommandDecider.EndAll(state, decision, slot, context);
        return decision;
    }

    public static Outcome<Decision<Alarm>> AcknowledgeAlarm(
        TwinState state, AlarmId alarm, string? note, DistrictCatalogue catalogue, CommandContext context)
    {
        if (state.FindAlarm(alarm) is not { } open)
        {
            return AlarmNotOpen();
        }

        if (Check.Text(note, "note", Limits.NoteCharsMax, required: false) is { } refusal)
        {
            return refusal;
        }

        if (open.AcknowledgedAt is not null)
        {
            return new Decision<Alarm>(open);
        }

        var scratch = Begin(state, catalogue, context);
        scratch.Change(open, new AlarmAcknowledged(alarm, context.Actor, note), context.Now.ToUnixTimeMilliseconds(), context.Actor);
        return Finish(scratch, scratch.FindAlarm(alarm)!, context);
    }

    public static Outcome<Decision<Alarm>> CloseAlarm(
        TwinState state, AlarmId alarm, string? note, DistrictCatalogue catalogue, CommandContext context)
    {
        if (state.FindAlarm(alarm) is not { } open || state.Find(open.Device) is not { } slot)
        {
            return AlarmNotOpen();
        }

        if (Check.Text(note, "note", Limits.NoteCharsMax, required: false) is { } refusal)
        {
            return refusal;
        }

        var scratch = Begin(state, catalogue, context);
        scratch.Close(scratch.Draft(slot), open, context.Actor, note, context.Now.ToUnixTimeMilliseconds());
        scratch.CloseDecision();
        return Finish(scratch, scratch.FindAlarm(alarm)!, context);
    }

    /// <summary>Creates or changes the building of a twin. <paramref name="cell"/>: the cell its location lies in; null outside all cells.</summary>
    public static Outcome<Decision<Building>> DefineBuilding(
        TwinState state, Building building, AreaCode? cell, WriteCondition condition, CommandContext context)
    {
        var current = state.Building;
        var refusal = Check.Condition(condition, current?.Revision, "building") ?? BuildingCheck.Judge(state.Key, building);
        if (refusal is not null)
        {
            return refusal;
        }

        var wanted = building with { Cell = cell, Revision = (current?.Revision ?? 0) + 1 };
        if (current is not null && wanted == current with { Revision = wanted.Revision })
        {
            return new Decision<Building>(current);
        }

        var decision = new Decision<Building>(wanted);
        if (!condition.DryRun)
        {
            var area = cell ?? state.District;
            Happened(state, decision, new BuildingDefined(wanted), area, context);
            decision.Effects.Rows.Add(new(ViewKinds.Building, wanted.Id.ToString(), area.ToString(), ViewStatus.None, wanted));
            Move(state, decision.Effects, current is null ? null : state.Area, area);
        }

        return decision;
    }

    /// <summary>Puts the building into the cell its location now lies in; null outside all cells. What hangs on it moves along.</summary>
    public static Outcome<Decision<Building>> LocateBuilding(TwinState state, AreaCode? cell, CommandContext context) => state.Building is { } building
        ? DefineBuilding(state, building, cell, WriteCondition.Upsert, context)
        : Check.NotFound("building");

    private static Refusal AlarmNotOpen() => new(RefusalCode.NotFound, "alarm", "There is no such open alarm.", "List the open alarms; a closed one stays closed.");

    internal static TwinScratch Begin(TwinState state, DistrictCatalogue catalogue, CommandContext context)
    {
        var nowMs = context.Now.ToUnixTimeMilliseconds();
        var scratch = new TwinScratch(state, catalogue, messages: 0, nowMs);
        scratch.MoveTo(nowMs);
        return scratch;
    }

    internal static Decision<T> Finish<T>(TwinScratch scratch, T result, CommandContext context)
        where T : class
    {
        var decision = new Decision<T>(result);
        decision.Events.AddRange(scratch.Decision.Events.Select(e => e with { Cause = context.RequestId }));
        decision.Effects.Rows.AddRange(scratch.Decision.Effects.Rows);
        decision.Effects.Counters.AddRange(scratch.Decision.Effects.Counters);
        return decision;
    }

    private static Decision<Device> Mount(TwinState state, Device device, WriteCondition condition, CommandContext context)
    {
        var mounted = device with { Area = state.Area, Revoked = false, Revision = 1 };
        var decision = new Decision<Device>(mounted);
        if (!condition.DryRun)
        {
            Happened(state, decision, new DeviceMounted(mounted), mounted.Area, context);
            decision.Effects.Rows.Add(DeviceRows.Of(mounted, online: false, mustBeNew: true));
            decision.Effects.Count(mounted.Area.ToString(), CounterNames.DevicesTotal, 1);
            decision.Effects.Lookups.Add(DeviceCredential.Of(mounted).Held(mounted.Id));
            CountBehind(state, decision.Effects, null, mounted.Gateway);
        }

        return decision;
    }

    private static Decision<Device> Change(TwinState state, DeviceSlot slot, Device device, WriteCondition condition, CommandContext context)
    {
        var current = slot.Device;
        var wanted = current;
        var changed = current.Name != device.Name || current.Profile != device.Profile || current.Gateway != device.Gateway;
        var credential = DeviceCredential.Of(device);
        var rotated = credential.Hash.Length > 0 && credential != DeviceCredential.Of(current);
        wanted = changed
            ? current with { Name = device.Name, Profile = device.Profile, Gateway = device.Gateway, Revision = current.Revision + 1 }
            : wanted;
        var decision = new Decision<Device>(rotated ? DeviceRows.Rotated(wanted, credential) : wanted);
        if (condition.DryRun)
        {
            return decision;
        }

        if (changed)
        {
            Happened(state, decision, new DeviceChanged(wanted), current.Area, context);
            CountBehind(state, decision.Effects, current.Gateway, wanted.Gateway);
        }

        if (rotated)
        {
            Rotate(state, decision, slot, credential, context);
        }

        if (changed || rotated)
        {
            decision.Effects.Rows.Add(DeviceRows.Of(decision.Result, slot.Online));
        }

        return decision;
    }

    private static void CountBehind(TwinState state, Effects effects, DeviceId? before, DeviceId? after)
    {
        if (before == after)
        {
            return;
        }

        var district = state.District.ToString();
        if (before is { } left)
        {
            effects.Count(district, CounterNames.BehindGateway(left), -1);
        }

        if (after is { } joined)
        {
            effects.Count(district, CounterNames.BehindGateway(joined), 1);
        }
    }

    private static void Rotate(TwinState state, Decision<Device> decision, DeviceSlot slot, DeviceCredential credential, CommandContext context)
    {
        Happened(state, decision, new DeviceTokenRotated(slot.Device.Id, credential.Hash, credential.UserName), slot.Device.Area, context);
        var before = DeviceCredential.Of(slot.Device);
        if (credential.UserName is null || credential.UserName != before.UserName)
        {
            decision.Effects.Lookups.Add(before.Released());
            decision.Effects.Lookups.Add(credential.Held(slot.Device.Id));
        }
    }

    private static void Happened<T>(TwinState state, Decision<T> decision, DomainEvent happened, AreaCode area, CommandContext context)
        where T : class
    {
        var now = context.Now.ToUnixTimeMilliseconds();
        decision.Events.Add(new(happened, area, now, Math.Max(now, state.RecordedMs), context.Actor, context.RequestId));
    }

    /// <summary>Moves what hangs on a building to its new area: rows and counters of its devices and alarms.</summary>
    private static void Move(TwinState state, Effects effects, AreaCode? from, AreaCode to)
    {
        var target = to.ToString();
        if (from == to)
        {
            return;
        }

        effects.Count(from?.ToString() ?? string.Empty, CounterNames.Buildings, from is null ? 0 : -1);
        effects.Count(target, CounterNames.Buildings, 1);
        foreach (var slot in state.Slots)
        {
            var live = slot.Device.Revoked ? 0 : 1;
            effects.Rows.Add(DeviceRows.Of(DeviceRows.Moved(slot.Device, to), slot.Online));
            effects.Rows.AddRange(CommandTrack.Moved(slot.Commands, to).Select(command => CommandTrack.RowOf(command)));
            effects.Count(slot.Device.Area.ToString(), CounterNames.DevicesTotal, -live);
            effects.Count(target, CounterNames.DevicesTotal, live);
            effects.Count(slot.Device.Area.ToString(), CounterNames.DevicesOnline, slot.Online ? -1 : 0);
            effects.Count(target, CounterNames.DevicesOnline, slot.Online ? 1 : 0);
        }

        foreach (var alarm in state.Alarms)
        {
            effects.Rows.Add(DeviceRows.Of(alarm with { Area = to }));
            effects.Count(alarm.Area.ToString(), CounterNames.Alarms(alarm.Level), -1);
            effects.Count(target, CounterNames.Alarms(alarm.Level), 1);
        }
    }
}
