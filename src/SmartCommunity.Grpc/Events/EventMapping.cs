using System.Globalization;
using SmartCommunity.Domain;
using SmartCommunity.Domain.Alarms;
using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.Buildings;
using SmartCommunity.Domain.DeviceCommands;
using SmartCommunity.Domain.Districts;
using SmartCommunity.Domain.OrgUnits;
using SmartCommunity.Domain.Twins;
using SmartCommunity.Domain.Volunteers;
using SmartCommunity.Domain.Webhooks;
using SmartCommunity.Domain.Wire;
using SmartCommunity.Grains.Feed;
using SmartCommunity.Grpc.DeviceCommands;
using SmartCommunity.Grpc.Quarantine;
using SmartCommunity.Grpc.Reports;
using SmartCommunity.Grpc.Requests;
using SmartCommunity.Storage;

namespace SmartCommunity.Grpc.Events;

/// <summary>
/// The public form of journal entries. Bodies never leave as they are stored: they hold hashes of credentials and may change their shape.
/// </summary>
internal static class EventMapping
{
    private const string ReadingType = "reading";

    public static V1.Event ToProto(FeedItem item, AreaCode district)
    {
        var entry = item.Entry;
        var told = new V1.Event
        {
            Cursor = entry.Position.ToString(CultureInfo.InvariantCulture),
            Kind = (V1.EventKind)item.Kind,
            Type = entry.Type ?? ReadingType,
            Area = entry.Area,
            EventTime = Shapes.FromMs(entry.AtMs),
            RecordTime = Shapes.FromMs(entry.RecordedMs),
            Actor = entry.Actor ?? string.Empty,
        };
        if (entry.Type is null)
        {
            told.Reading = Reading(entry, district);
        }
        else
        {
            Fill(told, EventCodec.Decode(entry.Type, entry.Body.Span), entry, district);
        }

        return told;
    }

    private static void Fill(V1.Event told, DomainEvent happened, JournalEntry entry, AreaCode district)
    {
        switch (happened)
        {
            case ReportReceived e:
                told.Report = e.Report.ToProto(district);
                break;
            case MessageQuarantined e:
                told.Quarantined = e.Message.ToProto(district);
                break;
            case DeviceEventReceived e:
                told.DeviceEvent = new() { Device = Device(e.Device, district), MessageId = e.MessageId, EventName = e.Name, Body = Shapes.ToStruct(e.Body) };
                break;
            case DeviceCameOnline e:
                told.Presence = new() { Subject = Device(e.Device, district), Present = true };
                break;
            case DeviceWentOffline e:
                told.Presence = new() { Subject = Device(e.Device, district), LastSeenTime = e.LastSeen.ToProto() };
                break;
            case DeviceStateReceived e:
                told.Presence = new() { Subject = Device(e.Device, district), Present = e.Online };
                break;
            case VolunteerPresenceReported e:
                told.Presence = new() { Subject = $"{ResourceNames.District(district)}/{entry.Stream}", Present = e.Presence.OnDuty };
                break;
            case CommandEvent e:
                told.Command = CommandMapping.ToProto(e, district);
                break;
            default:
                if (Alarm(happened, district) is { } alarm)
                {
                    told.Alarm = alarm;
                }
                else if (Changed(happened, entry, district) is { Length: > 0 } name)
                {
                    told.Directory = new() { Name = name };
                }

                break;
        }
    }

    private static V1.AlarmChange? Alarm(DomainEvent happened, AreaCode district) => happened switch
    {
        AlarmClockStarted e => new()
        {
            Device = Device(e.Device, district), Rule = Rule(e.Rule, district), To = (V1.AlarmLevel)e.Target, Value = e.Value, DueTime = e.DueAt.ToProto(),
        },
        AlarmClockStopped e => new() { Device = Device(e.Device, district), Rule = Rule(e.Rule, district), To = (V1.AlarmLevel)e.Target },
        AlarmRaised e => new()
        {
            Alarm = Name(e.Alarm.Id, district),
            Device = Device(e.Alarm.Device, district),
            Rule = Rule(e.Alarm.Rule, district),
            To = (V1.AlarmLevel)e.Alarm.Level,
            Value = e.Alarm.Value,
        },
        AlarmLevelChanged e => new()
        {
            Alarm = Name(e.Alarm, district),
            Device = Device(e.Device, district),
            Rule = Rule(e.Rule, district),
            From = (V1.AlarmLevel)e.From,
            To = (V1.AlarmLevel)e.To,
            Value = e.Value,
        },
        AlarmAcknowledged e => new() { Alarm = Name(e.Alarm, district), By = e.By, Note = e.Note ?? string.Empty },
        AlarmClosed e => new()
        {
            Alarm = Name(e.Alarm, district),
            Device = Device(e.Device, district),
            Rule = Rule(e.Rule, district),
            From = (V1.AlarmLevel)e.From,
            By = e.By,
            Note = e.Note ?? string.Empty,
        },
        _ => null,
    };

    /// <summary>The name of the directory record that was created or changed; empty for what has no public form.</summary>
    private static string Changed(DomainEvent happened, JournalEntry entry, AreaCode district) => happened switch
    {
        DistrictOpened or DistrictChanged => ResourceNames.District(district),
        ProfileDefined e => ResourceNames.Of(district, ResourceNames.Profiles, e.Profile.Id.ToString()),
        RuleDefined e => ResourceNames.Of(district, ResourceNames.Rules, e.Rule.Id.ToString()),
        ApiKeyIssued e => ResourceNames.Of(district, ResourceNames.ApiKeys, e.KeyId),
        ApiKeyRevoked e => ResourceNames.Of(district, ResourceNames.ApiKeys, e.KeyId),
        AreaNamed e => ResourceNames.Of(district, ResourceNames.Areas, e.Area.Code.ToString()),
        CellDefined e => ResourceNames.Of(district, ResourceNames.Cells, e.Cell.Code.ToString()),
        OrgUnitDefined e => ResourceNames.Of(district, ResourceNames.OrgUnits, e.Unit.Id.ToString()),
        VolunteerDefined e => ResourceNames.Of(district, ResourceNames.Volunteers, e.Volunteer.Id.ToString()),
        BuildingDefined e => ResourceNames.Of(district, ResourceNames.Buildings, e.Building.Id.ToString()),
        DeviceMounted e => Device(e.Device.Id, district),
        DeviceChanged e => Device(e.Device.Id, district),
        DeviceTokenRotated e => Device(e.Device, district),
        DeviceRevoked e => Device(e.Device, district),
        WebhookCreated e => Webhook(e.Webhook.Id, district),
        WebhookChanged e => Webhook(e.Webhook.Id, district),
        WebhookPaused e => Webhook(e.Webhook, district),
        WebhookResumed e => Webhook(e.Webhook, district),
        WebhookDeleted e => Webhook(e.Webhook, district),
        _ => string.Empty,
    };

    private static V1.Reading Reading(JournalEntry entry, AreaCode district) => new()
    {
        Device = ResourceNames.Of(district, ResourceNames.Devices, entry.Device),
        Metric = entry.Metric,
        Value = entry.Value,
        EventTime = Shapes.FromMs(entry.AtMs),
        ReceiveTime = Shapes.FromMs(entry.RecordedMs),
        MessageId = entry.Message ?? string.Empty,
    };

    private static string Device(Domain.Ids.DeviceId device, AreaCode district) => ResourceNames.Of(district, ResourceNames.Devices, device.ToString());

    private static string Webhook(Domain.Ids.WebhookId webhook, AreaCode district) => ResourceNames.Of(district, ResourceNames.Webhooks, webhook.ToString());

    private static string Rule(Domain.Ids.RuleId rule, AreaCode district) => ResourceNames.Of(district, ResourceNames.Rules, rule.ToString());

    private static string Name(Domain.Ids.AlarmId alarm, AreaCode district) => ResourceNames.Of(district, ResourceNames.Alarms, alarm.ToString());
}
