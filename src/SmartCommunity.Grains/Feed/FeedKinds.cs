using System.Collections.Frozen;
using SmartCommunity.Domain.Wire;
using SmartCommunity.Storage;

namespace SmartCommunity.Grains.Feed;

/// <summary>Which kind of the feed an entry of the log is. Every wire name of the domain stands here; <see cref="FeedKind.None"/> is not shown.</summary>
public static class FeedKinds
{
    private static readonly FrozenDictionary<string, FeedKind> ByName = new Dictionary<string, FeedKind>(StringComparer.Ordinal)
    {
        [WireNames.DistrictOpened] = FeedKind.Directory,
        [WireNames.DistrictChanged] = FeedKind.Directory,
        [WireNames.ProfileDefined] = FeedKind.Directory,
        [WireNames.RuleDefined] = FeedKind.Directory,
        [WireNames.AreaNamed] = FeedKind.Directory,
        [WireNames.CellDefined] = FeedKind.Directory,
        [WireNames.OrgUnitDefined] = FeedKind.Directory,
        [WireNames.VolunteerDefined] = FeedKind.Directory,
        [WireNames.BuildingDefined] = FeedKind.Directory,
        [WireNames.DeviceMounted] = FeedKind.Directory,
        [WireNames.DeviceChanged] = FeedKind.Directory,
        [WireNames.DeviceRevoked] = FeedKind.Directory,
        [WireNames.VolunteerPresenceReported] = FeedKind.Presence,
        [WireNames.DeviceCameOnline] = FeedKind.Presence,
        [WireNames.DeviceWentOffline] = FeedKind.Presence,
        [WireNames.DeviceStateReceived] = FeedKind.Presence,
        [WireNames.DeviceEventReceived] = FeedKind.DeviceEvent,
        [WireNames.AlarmRaised] = FeedKind.Alarm,
        [WireNames.AlarmLevelChanged] = FeedKind.Alarm,
        [WireNames.AlarmAcknowledged] = FeedKind.Alarm,
        [WireNames.AlarmClosed] = FeedKind.Alarm,
        [WireNames.ReportReceived] = FeedKind.Report,
        [WireNames.MessageQuarantined] = FeedKind.Quarantine,
        [WireNames.CommandIssued] = FeedKind.Command,
        [WireNames.CommandDelivered] = FeedKind.Command,
        [WireNames.CommandAnswered] = FeedKind.Command,
        [WireNames.CommandExpired] = FeedKind.Command,
        [WireNames.CommandCancelled] = FeedKind.Command,
        [WireNames.CommandUndeliverable] = FeedKind.Command,
        [WireNames.WebhookCreated] = FeedKind.Directory,
        [WireNames.WebhookChanged] = FeedKind.Directory,
        [WireNames.WebhookPaused] = FeedKind.Directory,
        [WireNames.WebhookResumed] = FeedKind.Directory,
        [WireNames.WebhookDeleted] = FeedKind.Directory,

        // Clocks are the rule's inner steps; credentials concern nobody but their holder.
        [WireNames.AlarmClockStarted] = FeedKind.None,
        [WireNames.AlarmClockStopped] = FeedKind.None,
        [WireNames.ApiKeyIssued] = FeedKind.None,
        [WireNames.ApiKeyRevoked] = FeedKind.None,
        [WireNames.DeviceTokenRotated] = FeedKind.None,
        [WireNames.WebhookSecretRotated] = FeedKind.None,
        [WireNames.WebhookReplayed] = FeedKind.None,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The names in the table.</summary>
    public static IReadOnlyCollection<string> Names => ByName.Keys;

    /// <summary>The kind of an entry; a name that is not in the table is not shown.</summary>
    public static FeedKind Of(JournalEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return entry.Type is null ? FeedKind.Telemetry : ByName.GetValueOrDefault(entry.Type);
    }
}
