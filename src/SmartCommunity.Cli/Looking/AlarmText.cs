using SmartCommunity.V1;

namespace SmartCommunity.Cli.Looking;

/// <summary>Alarms in words.</summary>
internal static class AlarmText
{
    public static string Level(AlarmLevel level) => level switch
    {
        AlarmLevel.Notice => "notice",
        AlarmLevel.Warning => "warning",
        AlarmLevel.Critical => "critical",
        _ => "none",
    };

    public static string State(Alarm alarm) => alarm.Status == AlarmStatus.Closed ? "closed" : alarm.AcknowledgedBy.Length > 0 ? "acknowledged" : "open";
}
