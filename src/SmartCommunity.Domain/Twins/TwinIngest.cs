using System.Globalization;
using SmartCommunity.Domain.Cells;
using SmartCommunity.Domain.Commands;
using SmartCommunity.Domain.Devices;
using SmartCommunity.Domain.Quarantine;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Domain.Reports;
using SmartCommunity.Domain.Views;

namespace SmartCommunity.Domain.Twins;

/// <summary>Takes the messages of one batch, one after the other.</summary>
internal sealed partial class TwinIngest(TwinScratch scratch, IPlaces places, KnownFacts facts)
{
    private const long AtMsMin = -62_135_596_800_000;

    private Dictionary<KeyAsk, ulong>? taken;

    private TwinDecision Decision => scratch.Decision;

    public TwinDecision Done()
    {
        scratch.CloseDecision();
        return Decision;
    }

    public void Take(int index, in DeviceMessage message)
    {
        scratch.MoveTo(message.ReceivedMs);
        var slot = scratch.State.Find(message.Device);
        var draft = slot is null ? null : scratch.Draft(slot);
        if (draft is not null)
        {
            scratch.FireDue(draft, scratch.NowMs);
        }

        Decision.Outcomes[index] = Judge(message, draft);
    }

    private MessageOutcome Judge(in DeviceMessage message, DeviceDraft? draft)
    {
        if (message.Kind == MessageKind.CommandReceipt)
        {
            return CommandReceipt(message, draft);
        }

        var refusal = message.Rejected ?? Admit(draft) ?? BadId(message.MessageId) ?? BadTime(message);
        if (refusal is not null || draft is null)
        {
            return Quarantine(message, draft, refusal ?? Check.NotFound("device"));
        }

        return message.Kind switch
        {
            MessageKind.Telemetry => Telemetry(message, draft),
            MessageKind.Event => DeviceEvent(message, draft),
            MessageKind.Report => Report(message, draft),
            MessageKind.CommandReply => CommandReply(message, draft),
            _ => State(message, draft),
        };
    }

    private static Refusal? Admit(DeviceDraft? draft)
    {
        if (draft is null)
        {
            return Check.NotFound("device");
        }

        return draft.Slot.Device.Revoked
            ? new(RefusalCode.NotAuthorised, "device", "The device is revoked.", "Register it under another id.")
            : null;
    }

    private static Refusal? BadId(string? id) => id is null ? null : Check.Text(id, "id", Limits.MessageIdCharsMax);

    private Refusal? BadTime(in DeviceMessage message)
    {
        if (message.AtMs is not { } at)
        {
            return null;
        }

        if (at > scratch.NowMs + Limits.ClockAheadMsMax)
        {
            return new(
                RefusalCode.BadTime,
                "ts",
                string.Create(CultureInfo.InvariantCulture, $"The event time lies {(at - scratch.NowMs) / 1000} s ahead of the receive time; {Limits.ClockAheadMsMax / 1000} s are allowed."),
                "Set the device's clock, or leave ts out.");
        }

        return at < AtMsMin ? new(RefusalCode.BadTime, "ts", "The event time lies before the year 1.", "Give Unix milliseconds.") : null;
    }

    private MessageOutcome Telemetry(in DeviceMessage message, DeviceDraft draft)
    {
        if (Values(message, scratch.Catalogue.Profile(draft.Slot.Device.Profile)) is { } bad)
        {
            return Quarantine(message, draft, bad);
        }

        var atMs = message.AtMs ?? scratch.NowMs;
        var key = MessageKey.Of(message, atMs);
        if (Known(draft, key.Key, atMs) is { } content)
        {
            return content == key.Content ? new(MessageFate.Duplicate) : Quarantine(message, draft, Conflict());
        }

        draft.Remember(key);
        scratch.GoOnline(draft, message.MessageId);
        var flags = (message.AtMs is null ? ReadingFlags.NoDeviceTime : ReadingFlags.None)
            | (atMs < scratch.NowMs - Limits.ClockBehindMsMax ? ReadingFlags.ClockSuspect : ReadingFlags.None);
        var rules = scratch.Catalogue.RulesOf(draft.Slot.Device.Profile);
        foreach (var value in message.Values)
        {
            var late = atMs < draft.NewestMs(value.Metric) ? ReadingFlags.Late : ReadingFlags.None;
            var reading = new TwinReading(
                message.Device, value.Metric, draft.Slot.Device.Area, atMs, scratch.RecordedMs, value.Value, message.MessageId, flags | late);
            Decision.Readings.Add(reading);
            draft.Add(reading);
            flags |= ReadingFlags.Continued;
            if (DeviceSlot.IsJudged(reading.Flags))
            {
                Rules(draft, rules, value);
            }
        }

        return new(MessageFate.Accepted);
    }

    private void Rules(DeviceDraft draft, Alarms.AlarmRule[] rules, MetricValue value)
    {
        foreach (var rule in rules)
        {
            if (rule.Metric == value.Metric)
            {
                scratch.Judge(draft, rule, value.Value, scratch.NowMs);
            }
        }
    }

    /// <summary>The content of an earlier message with this key; null when there is none (or the store has yet to say).</summary>
    private ulong? Known(DeviceDraft draft, ulong key, long atMs)
    {
        if (draft.TryFind(key, out var content))
        {
            return content;
        }

        if (!draft.MayBeForgotten(atMs))
        {
            return null;
        }

        var ask = new ReadingAsk(draft.Slot.Device.Id, atMs);
        if (facts.Find(ask) is not { } stored)
        {
            Decision.ReadingAsks.Add(ask);
            return null;
        }

        return stored.TryFind(key, out content) ? content : null;
    }

    private static Refusal? Values(in DeviceMessage message, DeviceProfile? profile)
    {
        if (message.Values is not { Length: > 0 })
        {
            return new(RefusalCode.WrongShape, "values", "The message holds no value.", "Send at least one metric of the device's profile.");
        }

        foreach (var value in message.Values)
        {
            var metric = Find(profile, value.Metric);
            if (metric is null)
            {
                return new(RefusalCode.UnknownMetric, "values." + Short(value.Metric), "The device's profile has no such metric.", "Rename it, or add it to the profile.");
            }

            // The comparison is written so that NaN fails it. A negative zero is what broken drivers send for "nothing".
            if (!(value.Value >= metric.Min && value.Value <= metric.Max) || (value.Value == 0 && double.IsNegative(value.Value)))
            {
                return new(
                    RefusalCode.BadValue,
                    "values." + value.Metric,
                    FormattableString.Invariant($"{value.Value} is no value of {metric.Min} … {metric.Max} {metric.Unit}."),
                    "Leave a value out when the sensor has none; widen the profile's range when the sensor can measure more.");
            }
        }

        return null;
    }

    private static string Short(string metric) => metric.Length <= Limits.MetricNameCharsMax ? metric : metric[..Limits.MetricNameCharsMax] + "…";

    private static Metric? Find(DeviceProfile? profile, string name)
    {
        foreach (var metric in profile?.Metrics ?? [])
        {
            if (ReferenceEquals(metric.Name, name) || metric.Name == name)
            {
                return metric;
            }
        }

        return null;
    }

    private MessageOutcome DeviceEvent(in DeviceMessage message, DeviceDraft draft)
    {
        var name = MessageBody.EventName(message.Body);
        if (name.IsRefused)
        {
            return Quarantine(message, draft, name.Refusal);
        }

        if (Repeated(KeyScopes.DeviceEvent, message, draft) is { } outcome)
        {
            return outcome;
        }

        var device = draft.Slot.Device;
        scratch.GoOnline(draft, message.MessageId);
        scratch.Emit(
            new DeviceEventReceived(device.Id, device.Area, IdOf(message), name.Value, message.Body!),
            device.Area, message.AtMs ?? scratch.NowMs, "device:" + device.Id, message.MessageId);
        return new(MessageFate.Accepted);
    }

    private MessageOutcome State(in DeviceMessage message, DeviceDraft draft)
    {
        var online = MessageBody.Online(message.Body);
        if (online.IsRefused)
        {
            return Quarantine(message, draft, online.Refusal);
        }

        if (message.MessageId is not null && Repeated(KeyScopes.DeviceState, message, draft) is { } outcome)
        {
            return outcome;
        }

        var hash = Hash64.Of(message.Body);
        if (hash == draft.StateHash && online.Value == draft.Online)
        {
            return new(MessageFate.Duplicate);
        }

        var device = draft.Slot.Device;
        draft.StateHash = hash;
        draft.Seen(scratch.RecordedMs);
        scratch.Emit(
            new DeviceStateReceived(device.Id, device.Area, online.Value, message.Body!),
            device.Area, message.AtMs ?? scratch.NowMs, "device:" + device.Id, message.MessageId);
        if (online.Value != draft.Online)
        {
            scratch.SetOnline(draft, online.Value, scratch.NowMs, message.MessageId);
        }

        return new(MessageFate.Accepted);
    }

    private MessageOutcome Report(in DeviceMessage message, DeviceDraft draft)
    {
        var decoded = ReportBody.Decode(message, IdOf(message), scratch.State.District, places, scratch.NowMs);
        if (decoded.IsRefused)
        {
            return Quarantine(message, draft, decoded.Refusal);
        }

        if (Repeated(KeyScopes.Report, message, draft) is { } outcome)
        {
            return outcome;
        }

        var report = decoded.Value;
        var area = report.Cell ?? scratch.State.District;
        scratch.GoOnline(draft, message.MessageId);
        scratch.Emit(new ReportReceived(report), area, report.At.ToUnixTimeMilliseconds(), "device:" + message.Device, message.MessageId);
        Decision.Effects.Rows.Add(new(ViewKinds.Report, report.Id, area.ToString(), ViewStatus.Open, report));
        Decision.Effects.Count(area.ToString(), CounterNames.Reports(report.At, scratch.Catalogue.Zone), 1);
        return new(MessageFate.Accepted);
    }

    private static string IdOf(in DeviceMessage message) =>
        message.MessageId ?? string.Create(CultureInfo.InvariantCulture, $"@{message.AtMs ?? 0}.{message.Fingerprint:x16}");

    /// <summary>The outcome of a message that came before; null (and its key is taken) when it is new.</summary>
    private MessageOutcome? Repeated(string scope, in DeviceMessage message, DeviceDraft draft)
    {
        var ask = new KeyAsk(scope, MessageKey.StoredKeyOf(message));
        if (Stored(ask) is not { } fingerprint)
        {
            Take(ask, message.Fingerprint);
            return null;
        }

        return fingerprint == message.Fingerprint ? new(MessageFate.Duplicate) : Quarantine(message, draft, Conflict());
    }

    private ulong? Stored(KeyAsk ask)
    {
        if (taken is not null && taken.TryGetValue(ask, out var inBatch))
        {
            return inBatch;
        }

        if (!facts.TryFind(ask, out var stored))
        {
            Decision.KeyAsks.Add(ask);
        }

        return stored;
    }

    private void Take(KeyAsk ask, ulong fingerprint)
    {
        (taken ??= [])[ask] = fingerprint;
        Decision.Keys.Add(new(ask.Scope, ask.Key, fingerprint));
    }

    private static Refusal Conflict() => new(
        RefusalCode.Conflict,
        "id",
        "A message with this id (or sequence number) came before with other content; the first one stands.",
        "Use an id once.");

    /// <summary>Keeps a message that can never be accepted. The same message sent again is the same entry.</summary>
    private MessageOutcome Quarantine(in DeviceMessage message, DeviceDraft? draft, Refusal reason)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"{message.Device}:{message.Fingerprint:x16}");
        var ask = new KeyAsk(KeyScopes.Quarantine, id);
        if (Stored(ask) is null)
        {
            Take(ask, message.Fingerprint);
            draft?.Seen(scratch.RecordedMs);
            var area = draft?.Slot.Device.Area ?? scratch.State.Area;
            var excerpt = Excerpt(message);
            var entry = new QuarantinedMessage(
                id, message.Device, message.Kind, area, reason, excerpt, BadId(message.MessageId) is null ? message.MessageId : null, DateTimeOffset.FromUnixTimeMilliseconds(scratch.NowMs));
            scratch.Emit(new MessageQuarantined(entry), area, scratch.NowMs, "device:" + message.Device, entry.MessageId);
            Decision.Effects.Rows.Add(new(ViewKinds.Quarantine, id, area.ToString(), reason.Code.ToString(), entry));
        }

        return new(MessageFate.Quarantined, reason);
    }

    private static string Excerpt(in DeviceMessage message)
    {
        var text = message.Body ?? MessageBody.OfValues(message.Values);
        var end = Math.Min(text.Length, DeviceMessage.ExcerptCharsMax);
        end -= end > 0 && end < text.Length && char.IsHighSurrogate(text[end - 1]) ? 1 : 0;
        return text[..end];
    }
}
