namespace SmartCommunity.Domain.Wire;

/// <summary>
/// The stable names of all events in the journal: <c>name/version</c>. A name is never reused; another shape is another version, with an
/// upcaster in <see cref="EventCodec"/>.
/// </summary>
public static class WireNames
{
    public const string DistrictOpened = "district-opened/1";
    public const string DistrictChanged = "district-changed/1";
    public const string ProfileDefined = "profile-defined/1";
    public const string RuleDefined = "rule-defined/1";
    public const string ApiKeyIssued = "api-key-issued/1";
    public const string ApiKeyRevoked = "api-key-revoked/1";
    public const string AreaNamed = "area-named/1";
    public const string CellDefined = "cell-defined/1";
    public const string OrgUnitDefined = "org-unit-defined/1";
    public const string VolunteerDefined = "volunteer-defined/1";
    public const string VolunteerPresenceReported = "volunteer-presence-reported/1";
    public const string BuildingDefined = "building-defined/1";
    public const string DeviceMounted = "device-mounted/1";
    public const string DeviceChanged = "device-changed/1";
    public const string DeviceTokenRotated = "device-token-rotated/1";
    public const string DeviceRevoked = "device-revoked/1";
    public const string DeviceCameOnline = "device-came-online/1";
    public const string DeviceWentOffline = "device-went-offline/1";
    public const string DeviceEventReceived = "device-event-received/1";
    public const string DeviceStateReceived = "device-state-received/1";
    public const string AlarmClockStarted = "alarm-clock-started/1";
    public const string AlarmClockStopped = "alarm-clock-stopped/1";
    public const string AlarmRaised = "alarm-raised/1";
    public const string AlarmLevelChanged = "alarm-level-changed/1";
    public const string AlarmAcknowledged = "alarm-acknowledged/1";
    public const string AlarmClosed = "alarm-closed/1";
    public const string ReportReceived = "report-received/1";
    public const string MessageQuarantined = "message-quarantined/1";
    public const string CommandIssued = "command-issued/1";
    public const string CommandDelivered = "command-delivered/1";
    public const string CommandAnswered = "command-answered/1";
    public const string CommandExpired = "command-expired/1";
    public const string CommandCancelled = "command-cancelled/1";
    public const string CommandUndeliverable = "command-undeliverable/1";
    public const string WebhookCreated = "webhook-created/1";
    public const string WebhookChanged = "webhook-changed/1";
    public const string WebhookPaused = "webhook-paused/1";
    public const string WebhookResumed = "webhook-resumed/1";
    public const string WebhookSecretRotated = "webhook-secret-rotated/1";
    public const string WebhookReplayed = "webhook-replayed/1";
    public const string WebhookDeleted = "webhook-deleted/1";
}
