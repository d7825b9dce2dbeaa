using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using SmartCommunity.Domain.Alarms;
using SmartCommunity.Domain.Buildings;
using SmartCommunity.Domain.DeviceCommands;
using SmartCommunity.Domain.Devices;
using SmartCommunity.Domain.Districts;
using SmartCommunity.Domain.OrgUnits;
using SmartCommunity.Domain.Twins;
using SmartCommunity.Domain.Volunteers;
using SmartCommunity.Domain.Webhooks;

namespace SmartCommunity.Domain.Wire;

/// <summary>Turns events into what the journal keeps, a stable type name and UTF-8 JSON, and back.</summary>
public static class EventCodec
{
    private static readonly Entry[] Table = BuildTable();

    private static readonly FrozenDictionary<Type, Entry> ByType = Table.ToFrozenDictionary(e => e.Type);

    /// <summary>Also holds the names of older versions once there are any: their entries read the old shape and answer today's event.</summary>
    private static readonly FrozenDictionary<string, Entry> ByName = Table.ToFrozenDictionary(e => e.Name);

    /// <summary>All names that can be read.</summary>
    public static IReadOnlyCollection<string> Names => ByName.Keys;

    /// <summary>The stable name of an event.</summary>
    public static string NameOf(DomainEvent happened)
    {
        ArgumentNullException.ThrowIfNull(happened);
        return Find(happened).Name;
    }

    /// <summary>UTF-8 JSON of an event; the same event always gives the same bytes.</summary>
    public static byte[] Encode(DomainEvent happened)
    {
        ArgumentNullException.ThrowIfNull(happened);
        return JsonSerializer.SerializeToUtf8Bytes(happened, Find(happened).Json);
    }

    /// <summary>The event of a name and body.</summary>
    /// <exception cref="FormatException">The name is not known to this version of the program, or the body is not of its shape. The log was
    /// written by a newer version or is damaged: nothing may be guessed.</exception>
    public static DomainEvent Decode(string name, ReadOnlySpan<byte> body)
    {
        if (!ByName.TryGetValue(name, out var entry))
        {
            throw new FormatException($"The journal holds an event '{name}' that this version does not know.");
        }

        try
        {
            return (DomainEvent?)JsonSerializer.Deserialize(body, entry.Json) ?? throw new FormatException($"An event '{name}' has an empty body.");
        }
        catch (JsonException damaged)
        {
            throw new FormatException($"The body of an event '{name}' is not of its shape.", damaged);
        }
    }

    private static Entry Find(DomainEvent happened) => ByType.TryGetValue(happened.GetType(), out var entry)
        ? entry
        : throw new ArgumentException($"{happened.GetType().Name} has no wire name.", nameof(happened));

    private static Entry[] BuildTable()
    {
        var json = WireJson.Shared;
        return
        [
            Of<DistrictOpened>(WireNames.DistrictOpened, json.DistrictOpened),
            Of<DistrictChanged>(WireNames.DistrictChanged, json.DistrictChanged),
            Of<ProfileDefined>(WireNames.ProfileDefined, json.ProfileDefined),
            Of<RuleDefined>(WireNames.RuleDefined, json.RuleDefined),
            Of<ApiKeyIssued>(WireNames.ApiKeyIssued, json.ApiKeyIssued),
            Of<ApiKeyRevoked>(WireNames.ApiKeyRevoked, json.ApiKeyRevoked),
            Of<AreaNamed>(WireNames.AreaNamed, json.AreaNamed),
            Of<CellDefined>(WireNames.CellDefined, json.CellDefined),
            Of<OrgUnitDefined>(WireNames.OrgUnitDefined, json.OrgUnitDefined),
            Of<VolunteerDefined>(WireNames.VolunteerDefined, json.VolunteerDefined),
            Of<VolunteerPresenceReported>(WireNames.VolunteerPresenceReported, json.VolunteerPresenceReported),
            Of<BuildingDefined>(WireNames.BuildingDefined, json.BuildingDefined),
            Of<DeviceMounted>(WireNames.DeviceMounted, json.DeviceMounted),
            Of<DeviceChanged>(WireNames.DeviceChanged, json.DeviceChanged),
            Of<DeviceTokenRotated>(WireNames.DeviceTokenRotated, json.DeviceTokenRotated),
            Of<DeviceRevoked>(WireNames.DeviceRevoked, json.DeviceRevoked),
            Of<DeviceCameOnline>(WireNames.DeviceCameOnline, json.DeviceCameOnline),
            Of<DeviceWentOffline>(WireNames.DeviceWentOffline, json.DeviceWentOffline),
            Of<DeviceEventReceived>(WireNames.DeviceEventReceived, json.DeviceEventReceived),
            Of<DeviceStateReceived>(WireNames.DeviceStateReceived, json.DeviceStateReceived),
            Of<AlarmClockStarted>(WireNames.AlarmClockStarted, json.AlarmClockStarted),
            Of<AlarmClockStopped>(WireNames.AlarmClockStopped, json.AlarmClockStopped),
            Of<AlarmRaised>(WireNames.AlarmRaised, json.AlarmRaised),
            Of<AlarmLevelChanged>(WireNames.AlarmLevelChanged, json.AlarmLevelChanged),
            Of<AlarmAcknowledged>(WireNames.AlarmAcknowledged, json.AlarmAcknowledged),
            Of<AlarmClosed>(WireNames.AlarmClosed, json.AlarmClosed),
            Of<ReportReceived>(WireNames.ReportReceived, json.ReportReceived),
            Of<MessageQuarantined>(WireNames.MessageQuarantined, json.MessageQuarantined),
            Of<CommandIssued>(WireNames.CommandIssued, json.CommandIssued),
            Of<CommandDelivered>(WireNames.CommandDelivered, json.CommandDelivered),
            Of<CommandAnswered>(WireNames.CommandAnswered, json.CommandAnswered),
            Of<CommandExpired>(WireNames.CommandExpired, json.CommandExpired),
            Of<CommandCancelled>(WireNames.CommandCancelled, json.CommandCancelled),
            Of<CommandUndeliverable>(WireNames.CommandUndeliverable, json.CommandUndeliverable),
            Of<WebhookCreated>(WireNames.WebhookCreated, json.WebhookCreated),
            Of<WebhookChanged>(WireNames.WebhookChanged, json.WebhookChanged),
            Of<WebhookPaused>(WireNames.WebhookPaused, json.WebhookPaused),
            Of<WebhookResumed>(WireNames.WebhookResumed, json.WebhookResumed),
            Of<WebhookSecretRotated>(WireNames.WebhookSecretRotated, json.WebhookSecretRotated),
            Of<WebhookReplayed>(WireNames.WebhookReplayed, json.WebhookReplayed),
            Of<WebhookDeleted>(WireNames.WebhookDeleted, json.WebhookDeleted),
        ];
    }

    private static Entry Of<T>(string name, JsonTypeInfo<T> json)
        where T : DomainEvent => new(name, typeof(T), json);

    private sealed record Entry(string Name, Type Type, JsonTypeInfo Json);
}
