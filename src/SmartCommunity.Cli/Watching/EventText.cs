using SmartCommunity.Cli.Devices;
using SmartCommunity.Cli.Looking;
using SmartCommunity.V1;

namespace SmartCommunity.Cli.Watching;

/// <summary>An event as one line for people.</summary>
internal static class EventText
{
    public static IEnumerable<string> Kinds => Enum.GetValues<EventKind>().Where(k => k != EventKind.Unspecified).Select(Kind);

    public static string Line(Event e) => $"{Listing.Instant(e.RecordTime ?? e.EventTime)}  {Kind(e.Kind),-10}  {e.Area,-15}  {What(e)}";

    /// <summary>The word used by <c>--kinds</c>.</summary>
    public static string Kind(EventKind kind) => kind switch
    {
        EventKind.Telemetry => "telemetry",
        EventKind.Alarm => "alarm",
        EventKind.Report => "report",
        EventKind.DeviceEvent => "device",
        EventKind.Presence => "presence",
        EventKind.Directory => "directory",
        EventKind.Quarantine => "quarantine",
        EventKind.Command => "command",
        _ => "unknown",
    };

    public static EventKind ParseKind(string word) => Enum.GetValues<EventKind>().FirstOrDefault(k => k != EventKind.Unspecified && Kind(k) == word);

    public static string? Colour(Event e) => e.PayloadCase switch
    {
        Event.PayloadOneofCase.Alarm => e.Alarm.To is AlarmLevel.Critical ? "red" : "yellow",
        Event.PayloadOneofCase.Quarantined => "fuchsia",
        Event.PayloadOneofCase.DeviceEvent => "aqua",
        _ => null,
    };

    private static string What(Event e) => e.PayloadCase switch
    {
        Event.PayloadOneofCase.Reading => $"{Listing.Id(e.Reading.Device)} {e.Reading.Metric}={Listing.Number(e.Reading.Value)} {e.Reading.MessageId}".TrimEnd(),
        Event.PayloadOneofCase.Alarm => Alarm(e),
        Event.PayloadOneofCase.Report => $"{e.Report.ClassCode} {e.Report.Text.ReplaceLineEndings(" ")} ({Listing.Id(e.Report.Device)})",
        Event.PayloadOneofCase.DeviceEvent => $"{Listing.Id(e.DeviceEvent.Device)} {e.DeviceEvent.EventName}",
        Event.PayloadOneofCase.Presence => $"{Listing.Below(e.Presence.Subject)} {(e.Presence.Present ? "is here" : "is gone")}",
        Event.PayloadOneofCase.Directory => $"{Listing.Below(e.Directory.Name)} {e.Type}",
        Event.PayloadOneofCase.Quarantined => $"{Listing.Id(e.Quarantined.Device)} {e.Quarantined.Reason} {e.Quarantined.Field}: {e.Quarantined.Rule}",
        Event.PayloadOneofCase.Command => $"{Listing.Id(e.Command.Device)} {Listing.Id(e.Command.Command)} {e.Command.CommandName} {CommandText.State(e.Command.State)} {e.Command.Note}".TrimEnd(),
        _ => e.Type,
    };

    private static string Alarm(Event e)
    {
        var change = e.Alarm;
        var parts = new[]
        {
            change.Alarm.Length > 0 ? Listing.Id(change.Alarm) : Listing.Id(change.Device),
            e.Type,
            change.From == change.To ? AlarmText.Level(change.To) : $"{AlarmText.Level(change.From)} -> {AlarmText.Level(change.To)}",
            change.Rule.Length > 0 ? Listing.Id(change.Rule) : "",
            change.Note,
        };
        return string.Join(" ", parts.Where(p => p.Length > 0));
    }
}
