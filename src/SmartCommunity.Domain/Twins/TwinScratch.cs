using System.Globalization;
using SmartCommunity.Domain.Alarms;
using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.Catalogue;
using SmartCommunity.Domain.DeviceCommands;
using SmartCommunity.Domain.Devices;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Domain.Views;

namespace SmartCommunity.Domain.Twins;

/// <summary>One decision in the making: the drafts over the twin, and the events, rows and counters so far. The twin itself is only read.</summary>
/// <param name="recordedMs">Record time of the whole decision: the twin learns of all of it at once.</param>
internal sealed class TwinScratch(TwinState state, DistrictCatalogue catalogue, int messages, long recordedMs)
{
    private const string RuleActor = "rule";
    private const int ActsMax = 32;

    // Most batches are of one device: the table is made for the second one.
    private Dictionary<DeviceSlot, DeviceDraft>? drafts;
    private Dictionary<AlarmId, Alarm>? alarms;
    private DeviceDraft? last;
    private bool dueMoved;

    public TwinState State { get; } = state;

    public DistrictCatalogue Catalogue { get; } = catalogue;

    public TwinDecision Decision { get; } = new(messages);

    /// <summary>Record time of everything in this decision; never before that of the twin.</summary>
    public long RecordedMs { get; } = Math.Max(state.RecordedMs, recordedMs);

    /// <summary>Receive time of the message at hand, which rules run on; never goes back.</summary>
    public long NowMs { get; private set; } = state.RecordedMs;

    public void MoveTo(long receivedMs) => NowMs = Math.Max(NowMs, receivedMs);

    public DeviceDraft Draft(DeviceSlot slot)
    {
        if (last is not null && ReferenceEquals(last.Slot, slot))
        {
            return last;
        }

        if (last is null)
        {
            return last = new(slot);
        }

        drafts ??= new(Math.Min(Math.Max(messages, 2), State.Slots.Length)) { [last.Slot] = last };
        if (!drafts.TryGetValue(slot, out var draft))
        {
            drafts[slot] = draft = new(slot);
        }

        return last = draft;
    }

    public void Emit(DomainEvent happened, AreaCode area, long atMs, string actor, string? cause = null) =>
        Decision.Events.Add(new(happened, area, atMs, RecordedMs, actor, cause));

    public void GoOnline(DeviceDraft draft, string? cause)
    {
        draft.Seen(RecordedMs);
        if (!draft.Online)
        {
            SetOnline(draft, online: true, NowMs, cause);
        }
    }

    public void SetOnline(DeviceDraft draft, bool online, long atMs, string? cause)
    {
        var device = draft.Slot.Device;
        draft.Online = online;
        dueMoved = true;
        DomainEvent happened = online
            ? new DeviceCameOnline(device.Id, device.Area)
            : new DeviceWentOffline(device.Id, device.Area, DateTimeOffset.FromUnixTimeMilliseconds(draft.LastSeenMs));
        Emit(happened, device.Area, atMs, ActorOf(device), cause);
        Decision.Effects.Rows.Add(DeviceRows.Of(device, online));
        Decision.Effects.Count(device.Area.ToString(), CounterNames.DevicesOnline, online ? 1 : -1);
    }

    /// <summary>Fires what ran out by an instant, each with its true due instant.</summary>
    public void FireDue(DeviceDraft draft, long nowMs)
    {
        if (draft.Slot.Device.Revoked)
        {
            return;
        }

        for (var fired = 0; fired < ActsMax && NextFiring(draft, nowMs) is var (track, clock); fired++)
        {
            Fire(draft, track, clock);
        }

        Expire(draft, nowMs);
        if (SilentAtMs(draft) is { } silentAt && silentAt <= nowMs)
        {
            SetOnline(draft, online: false, silentAt, cause: null);
        }
    }

    /// <summary>Moves a command on, or takes in a new one.</summary>
    public DeviceCommand Change(DeviceDraft draft, CommandEvent happened, long atMs, string actor, string? cause = null)
    {
        var next = CommandTrack.Evolve(draft.Commands, happened, atMs);
        draft.Put(next);
        dueMoved = true;
        Emit(happened, next.Area, atMs, actor, cause);
        Decision.Effects.Rows.Add(CommandTrack.RowOf(next, mustBeNew: happened is CommandIssued));
        return next;
    }

    /// <summary>Lets the rules of a metric see a value.</summary>
    public void Judge(DeviceDraft draft, AlarmRule rule, double value, long nowMs)
    {
        for (var acts = 0; acts < ActsMax; acts++)
        {
            var track = draft.Track(rule.Id) ?? RuleTrack.Idle(rule.Id);
            var act = AlarmClockDecider.Next(track, rule, value, nowMs, AlarmClockDecider.IsOpen(rule.Calendar, nowMs, Catalogue.Zone));
            if (act.Kind == ClockActKind.None)
            {
                return;
            }

            Do(draft, track, rule.Metric, act, value, nowMs);
        }
    }

    public Alarm? FindAlarm(AlarmId id) => alarms is not null && alarms.TryGetValue(id, out var changed) ? changed : State.FindAlarm(id);

    /// <summary>Closes an open alarm, by a rule or by a person.</summary>
    public void Close(DeviceDraft draft, Alarm alarm, string by, string? note, long atMs)
    {
        var track = draft.Track(alarm.Rule) ?? RuleTrack.Idle(alarm.Rule);
        var happened = new AlarmClosed(alarm.Id, alarm.Device, alarm.Rule, alarm.Area, alarm.Level, by, note);
        draft.Put(TwinState.Evolve(track, happened));
        Change(alarm, happened, atMs, by);
        Decision.Effects.Count(alarm.Area.ToString(), CounterNames.Alarms(alarm.Level), -1);
    }

    public void Change(Alarm alarm, DomainEvent happened, long atMs, string actor)
    {
        var next = TwinState.Evolve(alarm, happened, atMs);
        (alarms ??= [])[alarm.Id] = next;
        dueMoved = true;
        Emit(happened, alarm.Area, atMs, actor);
        Decision.Effects.Rows.Add(DeviceRows.Of(next));
    }

    /// <summary>Writes the twin's own row when what is due next may have moved forward, or always for a sweep.</summary>
    public void CloseDecision(bool always = false)
    {
        if (dueMoved || always)
        {
            Decision.Effects.Rows.Add(new(
                ViewKinds.Twin, State.Key.ToString(), State.Area.ToString(), ViewStatus.None, new TwinRow(State.Key, State.Area), NextDueMs()));
        }
    }

    private static string ActorOf(Device device) => "device:" + device.Id;

    private long? NextDueMs()
    {
        var next = long.MaxValue;
        foreach (var slot in State.Slots)
        {
            var draft = ReferenceEquals(last?.Slot, slot) ? last : drafts?.GetValueOrDefault(slot);
            next = Math.Min(next, TwinDue.Of(slot.Device, draft?.Online ?? slot.Online, draft?.LastSeenMs ?? slot.LastSeenMs, draft?.Tracks ?? slot.Tracks, draft?.Commands ?? slot.Commands, Catalogue));
        }

        return next == long.MaxValue ? null : next;
    }

    private DeviceDraft? FindDraft(DeviceSlot slot) =>
        drafts is not null ? drafts.GetValueOrDefault(slot) : ReferenceEquals(last?.Slot, slot) ? last : null;

    private long? SilentAtMs(DeviceDraft draft)
    {
        var silentAt = TwinDue.SilentAt(draft.Slot.Device, draft.Online, draft.LastSeenMs, Catalogue);
        return silentAt == long.MaxValue ? null : silentAt;
    }

    private void Expire(DeviceDraft draft, long nowMs)
    {
        foreach (var command in draft.Commands)
        {
            if (command.ExpiresAt.ToUnixTimeMilliseconds() is var dueMs && dueMs <= nowMs)
            {
                Change(draft, new CommandExpired(command.Device, command.Id, command.ExpiresAt), dueMs, CommandTrack.ClockActor);
            }
        }
    }

    private static (RuleTrack Track, RuleClock Clock)? NextFiring(DeviceDraft draft, long nowMs)
    {
        (RuleTrack Track, RuleClock Clock)? first = null;
        foreach (var track in draft.Tracks)
        {
            if (AlarmClockDecider.Due(track, nowMs) is { } clock && (first is not { } best || clock.DueMs < best.Clock.DueMs))
            {
                first = (track, clock);
            }
        }

        return first;
    }

    private void Fire(DeviceDraft draft, RuleTrack track, RuleClock clock)
    {
        var rule = RuleOf(draft.Slot.Device.Profile, track.Rule);
        if (rule is null)
        {
            // The rule was switched off: its clocks end, its open alarm waits for a person.
            Do(draft, track, string.Empty, new(ClockActKind.Stop, clock.Target), clock.Value, clock.DueMs);
            return;
        }

        var open = AlarmClockDecider.IsOpen(rule.Calendar, clock.DueMs, Catalogue.Zone);
        var value = draft.Judged(rule.Metric) ?? clock.Value;
        Do(draft, track, rule.Metric, AlarmClockDecider.Fire(track, clock, open), value, clock.DueMs);
        Judge(draft, rule, value, clock.DueMs);
    }

    private AlarmRule? RuleOf(ProfileId profile, RuleId id)
    {
        foreach (var rule in Catalogue.RulesOf(profile))
        {
            if (rule.Id == id)
            {
                return rule;
            }
        }

        return null;
    }

    private void Do(DeviceDraft draft, RuleTrack track, string metric, ClockAct act, double value, long atMs)
    {
        var device = draft.Slot.Device;
        dueMoved = true;
        switch (act.Kind)
        {
            case ClockActKind.Start:
                Step(draft, track, new AlarmClockStarted(device.Id, track.Rule, act.Target, value, DateTimeOffset.FromUnixTimeMilliseconds(act.DueMs)), atMs);
                break;
            case ClockActKind.Stop:
                Step(draft, track, new AlarmClockStopped(device.Id, track.Rule, act.Target), atMs);
                break;
            case ClockActKind.Reach when act.Target == AlarmLevel.None:
                Close(draft, OpenAlarm(track), RuleActor, note: null, atMs);
                break;
            case ClockActKind.Reach when track.Level == AlarmLevel.None:
                Raise(draft, track, metric, act.Target, value, atMs);
                break;
            case ClockActKind.Reach:
                ChangeLevel(draft, track, act.Target, value, atMs);
                break;
            default:
                throw new InvalidOperationException($"No such act: {act.Kind}.");
        }
    }

    private void Step(DeviceDraft draft, RuleTrack track, DomainEvent happened, long atMs)
    {
        draft.Put(TwinState.Evolve(track, happened));
        Emit(happened, draft.Slot.Device.Area, atMs, RuleActor);
    }

    private Alarm OpenAlarm(RuleTrack track) =>
        FindAlarm(track.Alarm) ?? throw new InvalidOperationException($"Rule {track.Rule} is at {track.Level} without an open alarm.");

    private void Raise(DeviceDraft draft, RuleTrack track, string metric, AlarmLevel level, double value, long atMs)
    {
        var device = draft.Slot.Device;
        var at = DateTimeOffset.FromUnixTimeMilliseconds(atMs);
        var alarm = new Alarm(
            AlarmIdOf(device.Id, track, atMs), track.Rule, device.Id, metric, State.Key, device.Area, level, level, value, at, at, null, null, null, null, null, 1);
        var happened = new AlarmRaised(alarm);
        (alarms ??= [])[alarm.Id] = alarm;
        Step(draft, track, happened, atMs);
        Decision.Effects.Rows.Add(DeviceRows.Of(alarm));
        Decision.Effects.Count(alarm.Area.ToString(), CounterNames.Alarms(level), 1);
    }

    private void ChangeLevel(DeviceDraft draft, RuleTrack track, AlarmLevel level, double value, long atMs)
    {
        var alarm = OpenAlarm(track);
        var happened = new AlarmLevelChanged(alarm.Id, alarm.Device, alarm.Rule, alarm.Area, alarm.Level, level, value);
        draft.Put(TwinState.Evolve(track, happened));
        Change(alarm, happened, atMs, RuleActor);
        Decision.Effects.Count(alarm.Area.ToString(), CounterNames.Alarms(alarm.Level), -1);
        Decision.Effects.Count(alarm.Area.ToString(), CounterNames.Alarms(level), 1);
    }

    /// <summary>Ascends with time; the same raise decided twice gets the same id.</summary>
    private static AlarmId AlarmIdOf(DeviceId device, RuleTrack track, long atMs)
    {
        var hash = Hash64.Of(string.Create(CultureInfo.InvariantCulture, $"{device}/{track.Rule}/{track.Raised + 1}"));
        return AlarmId.Parse(string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, atMs):x12}-{hash:x16}"));
    }
}
