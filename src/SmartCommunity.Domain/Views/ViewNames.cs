using System.Globalization;
using SmartCommunity.Domain.Alarms;
using SmartCommunity.Domain.Ids;

namespace SmartCommunity.Domain.Views;

/// <summary>The kinds of view rows. Stable: they are stored.</summary>
public static class ViewKinds
{
    public const string District = "district";
    public const string Profile = "profile";
    public const string Rule = "rule";
    public const string ApiKey = "api-key";
    public const string Area = "area";
    public const string Cell = "cell";
    public const string OrgUnit = "org-unit";
    public const string Volunteer = "volunteer";
    public const string Building = "building";
    public const string Device = "device";
    public const string Alarm = "alarm";
    public const string Report = "report";
    public const string Quarantine = "quarantine";

    /// <summary>A command to a device; its id is <c>{device}/{command}</c>.</summary>
    public const string Command = "command";
    public const string Webhook = "webhook";

    /// <summary>How far a webhook's delivery has come; see <see cref="Webhooks.WebhookProgress"/>.</summary>
    public const string WebhookProgress = "webhook-progress";

    /// <summary>One row a twin that has something due; see <see cref="Twins.TwinRow"/>.</summary>
    public const string Twin = "twin";

    /// <summary>The grid's own row, due while buildings wait to be located again; see <see cref="Cells.GridRow"/>.</summary>
    public const string Grid = "grid";
}

/// <summary>Statuses of view rows: what lists filter by.</summary>
public static class ViewStatus
{
    public const string None = "";
    public const string Open = "open";
    public const string Acknowledged = "acknowledged";
    public const string Closed = "closed";
    public const string Online = "online";
    public const string Offline = "offline";
    public const string Revoked = "revoked";
    public const string Active = "active";
    public const string Paused = "paused";
    public const string OnDuty = "on-duty";
    public const string OffDuty = "off-duty";
    public const string Issued = "issued";
    public const string Delivered = "delivered";
    public const string Answered = "answered";
    public const string Expired = "expired";
    public const string Cancelled = "cancelled";
    public const string Undeliverable = "undeliverable";
}

/// <summary>The names of counters. They stand at the leaf (cell, or what is known instead) and are summed over area prefixes.</summary>
public static class CounterNames
{
    public const string DevicesOnline = "devices.online";
    public const string DevicesTotal = "devices.total";
    public const string AlarmsPrefix = "alarms.";
    public const string ReportsPrefix = "reports.";
    public const string Buildings = "buildings";
    public const string VolunteersOnDuty = "volunteers.on-duty";

    /// <summary>Live devices that a gateway speaks for; stands at the district.</summary>
    public static string BehindGateway(DeviceId gateway) => "gateway." + gateway;

    /// <summary>Open alarms of a level.</summary>
    public static string Alarms(AlarmLevel level) => level switch
    {
        AlarmLevel.Notice => "alarms.1",
        AlarmLevel.Warning => "alarms.2",
        AlarmLevel.Critical => "alarms.3",
        _ => throw new ArgumentOutOfRangeException(nameof(level)),
    };

    /// <summary>Reports whose event time lies on a local day of the district: <c>reports.2026-11-23</c>.</summary>
    public static string Reports(DateTimeOffset at, TimeZoneInfo zone) =>
        ReportsPrefix + TimeZoneInfo.ConvertTime(at, zone).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}

/// <summary>Scopes of global look-ups.</summary>
public static class LookupScopes
{
    /// <summary>SHA-256 of a device token → device.</summary>
    public const string DeviceToken = "device-token";

    /// <summary>User name of a device with a password → device.</summary>
    public const string DeviceUser = "device-user";

    /// <summary>SHA-256 of an API key → key id.</summary>
    public const string ApiKey = "api-key";
}

/// <summary>Scopes of idempotency keys that the domain makes; calls have their own (<c>rpc</c>).</summary>
public static class KeyScopes
{
    public const string DeviceEvent = "event";
    public const string Report = "report";
    public const string DeviceState = "state";
    public const string CommandReply = "command-reply";
    public const string Quarantine = "quarantine";
}
