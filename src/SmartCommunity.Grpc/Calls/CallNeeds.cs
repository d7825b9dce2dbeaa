using System.Collections.Frozen;

namespace SmartCommunity.Grpc.Calls;

/// <summary>Who may call.</summary>
public enum CallNeed
{
    None = 0,

    /// <summary>The operator key.</summary>
    Operator = 1,

    /// <summary>Any valid credential; the service answers what the caller may see.</summary>
    AnyCaller = 2,

    /// <summary>An API key of the district that the request names, or the operator.</summary>
    DistrictOrOperator = 3,

    /// <summary>An API key of the district that the request names.</summary>
    District = 4,
}

/// <summary>What one rpc asks of its caller.</summary>
/// <param name="Field">Path of the field that names the district, in proto naming; empty when the call names none.</param>
/// <param name="IsImport">It may be larger and take longer.</param>
public sealed record CallRule(CallNeed Need, string Field, bool IsImport = false);

/// <summary>The one table of what every rpc asks of its caller. An rpc that is not in it is refused.</summary>
public static class CallNeeds
{
    private const string Package = "/smartcommunity.v1.";

    private static readonly FrozenDictionary<string, CallRule> Rules = Table().ToFrozenDictionary(r => Package + r.Method, r => r.Rule);

    /// <summary>Full names (<c>/smartcommunity.v1.BuildingService/GetBuilding</c>) of the table.</summary>
    public static IEnumerable<string> Methods => Rules.Keys;

    /// <summary>True when the method is one of this package; others (health, reflection) need no credential.</summary>
    public static bool IsOurs(string method)
    {
        ArgumentNullException.ThrowIfNull(method);
        return method.StartsWith(Package, StringComparison.Ordinal);
    }

    public static CallRule? Find(string method) => Rules.GetValueOrDefault(method);

    private static IEnumerable<(string Method, CallRule Rule)> Table()
    {
        yield return ("DistrictService/CreateDistrict", new(CallNeed.Operator, string.Empty));
        yield return ("DistrictService/ListDistricts", new(CallNeed.AnyCaller, string.Empty));
        yield return ("DistrictService/GetDistrict", new(CallNeed.DistrictOrOperator, "name"));
        yield return ("DistrictService/UpdateDistrict", new(CallNeed.DistrictOrOperator, "district.name"));
        yield return ("DistrictService/GetStateHash", new(CallNeed.DistrictOrOperator, "name"));
        yield return ("DistrictService/GetRollup", new(CallNeed.DistrictOrOperator, "name"));
        yield return ("DistrictService/CreateApiKey", new(CallNeed.DistrictOrOperator, "parent"));
        yield return ("DistrictService/RevokeApiKey", new(CallNeed.DistrictOrOperator, "name"));
        yield return ("AreaService/NameAreas", new(CallNeed.District, "parent", IsImport: true));
        yield return ("AreaService/GetArea", new(CallNeed.District, "name"));
        yield return ("AreaService/ListAreas", new(CallNeed.District, "parent"));
        foreach (var (type, plural, field) in new[]
        {
            ("Cell", "Cells", "cell"), ("Building", "Buildings", "building"), ("OrgUnit", "OrgUnits", "org_unit"), ("Volunteer", "Volunteers", "volunteer"),
            ("Device", "Devices", "device"), ("Profile", "Profiles", "profile"), ("Rule", "Rules", "rule"), ("Webhook", "Webhooks", "webhook"),
        })
        {
            yield return ($"{type}Service/Create{type}", new(CallNeed.District, "parent"));
            yield return ($"{type}Service/Get{type}", new(CallNeed.District, "name"));
            yield return ($"{type}Service/List{plural}", new(CallNeed.District, "parent"));
            yield return ($"{type}Service/Update{type}", new(CallNeed.District, $"{field}.name"));
        }

        foreach (var (type, plural) in new[] { ("Cell", "Cells"), ("Building", "Buildings"), ("Volunteer", "Volunteers"), ("Device", "Devices") })
        {
            yield return ($"{type}Service/Import{plural}", new(CallNeed.District, "parent", IsImport: true));
        }

        yield return ("VolunteerService/ReportVolunteerPresence", new(CallNeed.District, "name"));
        yield return ("DeviceService/RevokeDevice", new(CallNeed.District, "name"));
        yield return ("DeviceService/RotateDeviceToken", new(CallNeed.District, "name"));
        yield return ("DeviceCommandService/CreateDeviceCommand", new(CallNeed.District, "parent"));
        yield return ("DeviceCommandService/GetDeviceCommand", new(CallNeed.District, "name"));
        yield return ("DeviceCommandService/ListDeviceCommands", new(CallNeed.District, "parent"));
        yield return ("DeviceCommandService/CancelDeviceCommand", new(CallNeed.District, "name"));
        yield return ("TwinService/GetTwin", new(CallNeed.District, "name"));
        yield return ("TwinService/ListTwins", new(CallNeed.District, "parent"));
        yield return ("ReadingService/ListReadings", new(CallNeed.District, "parent"));
        yield return ("ReadingService/DownsampleReadings", new(CallNeed.District, "parent"));
        yield return ("AlarmService/GetAlarm", new(CallNeed.District, "name"));
        yield return ("AlarmService/ListAlarms", new(CallNeed.District, "parent"));
        yield return ("AlarmService/AcknowledgeAlarm", new(CallNeed.District, "name"));
        yield return ("AlarmService/CloseAlarm", new(CallNeed.District, "name"));
        yield return ("ReportService/GetReport", new(CallNeed.District, "name"));
        yield return ("ReportService/ListReports", new(CallNeed.District, "parent"));
        yield return ("QuarantineService/GetQuarantinedMessage", new(CallNeed.District, "name"));
        yield return ("QuarantineService/ListQuarantinedMessages", new(CallNeed.District, "parent"));
        foreach (var method in new[] { "DeleteWebhook", "RotateWebhookSecret", "ReplayWebhook", "TestWebhook" })
        {
            yield return ($"WebhookService/{method}", new(CallNeed.District, "name"));
        }

        yield return ("BackupService/CreateBackup", new(CallNeed.Operator, string.Empty));
        yield return ("BackupService/ListBackups", new(CallNeed.Operator, string.Empty));
        yield return ("BackupService/GetServerStatus", new(CallNeed.AnyCaller, string.Empty));
        yield return ("EventService/WatchEvents", new(CallNeed.District, "parent"));
    }
}
