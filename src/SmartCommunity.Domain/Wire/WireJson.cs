using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using SmartCommunity.Domain.Alarms;
using SmartCommunity.Domain.Buildings;
using SmartCommunity.Domain.Cells;
using SmartCommunity.Domain.DeviceCommands;
using SmartCommunity.Domain.Devices;
using SmartCommunity.Domain.Districts;
using SmartCommunity.Domain.OrgUnits;
using SmartCommunity.Domain.Quarantine;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Domain.Reports;
using SmartCommunity.Domain.Twins;
using SmartCommunity.Domain.Volunteers;
using SmartCommunity.Domain.Webhooks;

namespace SmartCommunity.Domain.Wire;

/// <summary>JSON of everything that is stored: camelCase, nulls left out, enums by name, non-ASCII text readable.</summary>
[JsonSerializable(typeof(DistrictOpened))]
[JsonSerializable(typeof(DistrictChanged))]
[JsonSerializable(typeof(ProfileDefined))]
[JsonSerializable(typeof(RuleDefined))]
[JsonSerializable(typeof(ApiKeyIssued))]
[JsonSerializable(typeof(ApiKeyRevoked))]
[JsonSerializable(typeof(AreaNamed))]
[JsonSerializable(typeof(CellDefined))]
[JsonSerializable(typeof(OrgUnitDefined))]
[JsonSerializable(typeof(VolunteerDefined))]
[JsonSerializable(typeof(VolunteerPresenceReported))]
[JsonSerializable(typeof(BuildingDefined))]
[JsonSerializable(typeof(DeviceMounted))]
[JsonSerializable(typeof(DeviceChanged))]
[JsonSerializable(typeof(DeviceTokenRotated))]
[JsonSerializable(typeof(DeviceRevoked))]
[JsonSerializable(typeof(DeviceCameOnline))]
[JsonSerializable(typeof(DeviceWentOffline))]
[JsonSerializable(typeof(DeviceEventReceived))]
[JsonSerializable(typeof(DeviceStateReceived))]
[JsonSerializable(typeof(AlarmClockStarted))]
[JsonSerializable(typeof(AlarmClockStopped))]
[JsonSerializable(typeof(AlarmRaised))]
[JsonSerializable(typeof(AlarmLevelChanged))]
[JsonSerializable(typeof(AlarmAcknowledged))]
[JsonSerializable(typeof(AlarmClosed))]
[JsonSerializable(typeof(ReportReceived))]
[JsonSerializable(typeof(MessageQuarantined))]
[JsonSerializable(typeof(CommandIssued))]
[JsonSerializable(typeof(CommandDelivered))]
[JsonSerializable(typeof(CommandAnswered))]
[JsonSerializable(typeof(CommandExpired))]
[JsonSerializable(typeof(CommandCancelled))]
[JsonSerializable(typeof(CommandUndeliverable))]
[JsonSerializable(typeof(WebhookCreated))]
[JsonSerializable(typeof(WebhookChanged))]
[JsonSerializable(typeof(WebhookPaused))]
[JsonSerializable(typeof(WebhookResumed))]
[JsonSerializable(typeof(WebhookSecretRotated))]
[JsonSerializable(typeof(WebhookReplayed))]
[JsonSerializable(typeof(WebhookDeleted))]
[JsonSerializable(typeof(ApiKey))]
[JsonSerializable(typeof(GridRow))]
[JsonSerializable(typeof(TwinRow))]
[JsonSerializable(typeof(TwinView))]
[JsonSerializable(typeof(TwinSnapshot))]
[JsonSerializable(typeof(WebhookProgress))]
internal sealed partial class WireJson : JsonSerializerContext
{
    /// <summary>The one instance in use. The relaxed encoder is safe here: the bytes go to a store and never into HTML.</summary>
    public static WireJson Shared { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters =
        {
            new JsonStringEnumConverter<OrgTier>(),
            new JsonStringEnumConverter<AlarmLevel>(),
            new JsonStringEnumConverter<Comparison>(),
            new JsonStringEnumConverter<DayOfWeek>(),
            new JsonStringEnumConverter<MessageKind>(),
            new JsonStringEnumConverter<CommandState>(),
            new JsonStringEnumConverter<RefusalCode>(),
            new JsonStringEnumConverter<EventKind>(),
        },
    });
}
