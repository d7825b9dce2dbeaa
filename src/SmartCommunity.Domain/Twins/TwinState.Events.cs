using SmartCommunity.Domain.Alarms;
using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.Buildings;
using SmartCommunity.Domain.DeviceCommands;
using SmartCommunity.Domain.Devices;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Domain.Quarantine;
using SmartCommunity.Domain.Reports;

namespace SmartCommunity.Domain.Twins;

public sealed partial class TwinState
{
    /// <summary>Folds in an event. <paramref name="atMs"/>: its event time; <paramref name="recordedMs"/>: its record time.</summary>
    public void Apply(DomainEvent happened, long atMs, long recordedMs)
    {
        RecordedMs = Math.Max(RecordedMs, recordedMs);
        switch (happened)
        {
            case BuildingDefined e:
                Building = e.Building;
                MoveTo(e.Building.Cell ?? District);
                break;
            case DeviceMounted e:
                Insert(new(e.Device));
                break;
            case DeviceChanged e:
                Slot(e.Device.Id).Device = e.Device;
                break;
            case DeviceTokenRotated e:
                Slot(e.Device).Device = DeviceRows.Rotated(Slot(e.Device).Device, new(e.TokenHash, e.UserName));
                break;
            case DeviceRevoked e:
                Slot(e.Device).Device = DeviceRows.Revoked(Slot(e.Device).Device);
                Slot(e.Device).Online = false;
                break;
            case DeviceCameOnline e:
                Slot(e.Device).Online = true;
                Slot(e.Device).Seen(recordedMs);
                break;
            case DeviceWentOffline e:
                Slot(e.Device).Online = false;
                break;
            case DeviceEventReceived e:
                Find(e.Device)?.Seen(recordedMs);
                break;
            case DeviceStateReceived e:
                Slot(e.Device).StateHash = Hash64.Of(e.Body);
                Slot(e.Device).Seen(recordedMs);
                break;
            case ReportReceived e:
                Find(e.Report.Device)?.Seen(recordedMs);
                break;
            case MessageQuarantined e:
                Find(e.Message.Device)?.Seen(recordedMs);
                break;
            case CommandEvent e:
                ApplyCommand(e, atMs, recordedMs);
                break;
            default:
                ApplyAlarm(happened, atMs);
                break;
        }
    }

    /// <summary>The alarm after an event that concerns it.</summary>
    internal static Alarm Evolve(Alarm alarm, DomainEvent happened, long atMs)
    {
        var at = DateTimeOffset.FromUnixTimeMilliseconds(atMs);
        return happened switch
        {
            AlarmLevelChanged e => alarm with
            {
                Level = e.To,
                Peak = e.To > alarm.Peak ? e.To : alarm.Peak,
                Value = e.Value,
                ChangedAt = at,
                Revision = alarm.Revision + 1,
            },
            AlarmAcknowledged e => alarm with { AcknowledgedBy = e.By, AcknowledgedAt = at, Note = e.Note ?? alarm.Note, Revision = alarm.Revision + 1 },
            AlarmClosed e => alarm with { ClosedBy = e.By, ClosedAt = at, ChangedAt = at, Note = e.Note ?? alarm.Note, Revision = alarm.Revision + 1 },
            _ => throw new ArgumentException($"{happened.GetType().Name} does not change an alarm.", nameof(happened)),
        };
    }

    /// <summary>The track after an event that concerns it.</summary>
    internal static RuleTrack Evolve(RuleTrack track, DomainEvent happened) => happened switch
    {
        AlarmClockStarted e => track.Started(e.Target, e.Value, e.DueAt.ToUnixTimeMilliseconds()),
        AlarmClockStopped e => track.Stopped(e.Target),
        AlarmRaised e => track.Reached(e.Alarm.Level, e.Alarm.Id, isNew: true),
        AlarmLevelChanged e => track.Reached(e.To, e.Alarm, isNew: false),
        AlarmClosed => track.Closed(),
        _ => throw new ArgumentException($"{happened.GetType().Name} does not move a rule.", nameof(happened)),
    };

    private void ApplyCommand(CommandEvent happened, long atMs, long recordedMs)
    {
        var slot = Slot(happened.Target.Device);
        var next = CommandTrack.Evolve(slot.Commands, happened, atMs);
        slot.Commands = CommandTrack.Put(slot.Commands, next);
        slot.CommandsIssued = Math.Max(slot.CommandsIssued, next.Number);
        if (happened is CommandAnswered)
        {
            slot.Seen(recordedMs);
        }
    }

    private void ApplyAlarm(DomainEvent happened, long atMs)
    {
        switch (happened)
        {
            case AlarmClockStarted e:
                Move(e.Device, e.Rule, happened);
                break;
            case AlarmClockStopped e:
                Move(e.Device, e.Rule, happened);
                break;
            case AlarmRaised e:
                Move(e.Alarm.Device, e.Alarm.Rule, happened);
                alarms = [.. alarms.Append(e.Alarm).OrderBy(a => a.Id.ToString(), StringComparer.Ordinal)];
                break;
            case AlarmLevelChanged e:
                Move(e.Device, e.Rule, happened);
                Replace(e.Alarm, happened, atMs);
                break;
            case AlarmAcknowledged e:
                Replace(e.Alarm, happened, atMs);
                break;
            case AlarmClosed e:
                Move(e.Device, e.Rule, happened);
                alarms = [.. alarms.Where(a => a.Id != e.Alarm)];
                break;
            default:
                throw new ArgumentException($"{happened.GetType().Name} does not belong to a twin.", nameof(happened));
        }
    }

    private DeviceSlot Slot(DeviceId device) =>
        Find(device) ?? throw new InvalidOperationException($"The stream of {Key} names device {device}, which is not mounted there.");

    private void Move(DeviceId device, RuleId rule, DomainEvent happened)
    {
        var slot = Slot(device);
        slot.Put(Evolve(slot.Track(rule) ?? RuleTrack.Idle(rule), happened));
    }

    private void Replace(AlarmId id, DomainEvent happened, long atMs)
    {
        var at = Array.FindIndex(alarms, a => a.Id == id);
        if (at < 0)
        {
            throw new InvalidOperationException($"The stream of {Key} names alarm {id}, which is not open.");
        }

        alarms = [.. alarms];
        alarms[at] = Evolve(alarms[at], happened, atMs);
    }

    /// <summary>What hangs on a building moves with it to another cell.</summary>
    private void MoveTo(AreaCode area)
    {
        if (area == Area)
        {
            return;
        }

        Area = area;
        foreach (var slot in Slots)
        {
            slot.Device = DeviceRows.Moved(slot.Device, area);
            slot.Commands = CommandTrack.Moved(slot.Commands, area);
        }

        alarms = [.. alarms.Select(a => a with { Area = area })];
    }
}
