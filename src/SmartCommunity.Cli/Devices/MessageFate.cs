using System.Globalization;
using SmartCommunity.Cli.Looking;
using SmartCommunity.V1;

namespace SmartCommunity.Cli.Devices;

/// <summary>What became of one message, put together from the feed.</summary>
internal sealed record MessageFate(string Device, string Fate, string Kind, string MessageId, DateTimeOffset ReceivedAt)
{
    public List<(string Metric, double Value)> Values { get; } = [];

    public string Reason { get; init; } = "";

    public string Field { get; init; } = "";

    public string Rule { get; init; } = "";

    public string WayOut { get; init; } = "";

    /// <summary>Gathers the events of a response into messages of one device: one message may have brought several readings.</summary>
    public static IEnumerable<MessageFate> Of(IEnumerable<Event> events, string device)
    {
        MessageFate? open = null;
        foreach (var e in events)
        {
            var next = e.PayloadCase == Event.PayloadOneofCase.Reading ? Reading(e, device, open) : Single(e, device);
            if (next is null || ReferenceEquals(next, open))
            {
                continue;
            }

            if (open is not null)
            {
                yield return open;
            }

            open = next;
        }

        if (open is not null)
        {
            yield return open;
        }
    }

    /// <summary><c>received 0.2 s ago, stored, seq 1: pm25=41.5</c>.</summary>
    public string ToText(TimeSpan age)
    {
        var name = MessageId.Length == 0 ? "" : MessageId[0] == '#' ? $", seq {MessageId[1..]}" : $", id {MessageId}";
        var values = string.Join(" ", Values.Select(v => $"{v.Metric}={Listing.Number(v.Value)}"));
        var head = string.Create(CultureInfo.InvariantCulture, $"received {Math.Max(0, age.TotalSeconds):0.0} s ago, {Fate}{name}");
        return Fate == "quarantined"
            ? $"{head}: {Reason} at {(Field.Length == 0 ? "$" : Field)}. {Rule} {WayOut}".TrimEnd()
            : $"{head}: {(values.Length > 0 ? values : Kind)}";
    }

    private static MessageFate? Reading(Event e, string device, MessageFate? open)
    {
        if (e.Reading.Device != device)
        {
            return null;
        }

        var received = (e.Reading.ReceiveTime ?? e.RecordTime).ToDateTimeOffset();
        var same = open is { Kind: "telemetry", Fate: "stored" }
            && open.MessageId == e.Reading.MessageId
            && open.ReceivedAt == received
            && open.Values.All(v => v.Metric != e.Reading.Metric);
        var fate = same ? open! : new(device, "stored", "telemetry", e.Reading.MessageId, received);
        fate.Values.Add((e.Reading.Metric, e.Reading.Value));
        return fate;
    }

    private static MessageFate? Single(Event e, string device)
    {
        var at = e.RecordTime?.ToDateTimeOffset() ?? DateTimeOffset.UnixEpoch;
        return e.PayloadCase switch
        {
            Event.PayloadOneofCase.Report when e.Report.Device == device =>
                new(device, "stored", $"report {e.Report.ClassCode}", e.Report.Name[(e.Report.Name.LastIndexOf(':') + 1)..], at),
            Event.PayloadOneofCase.DeviceEvent when e.DeviceEvent.Device == device =>
                new(device, "stored", $"event {e.DeviceEvent.EventName}", e.DeviceEvent.MessageId, at),
            Event.PayloadOneofCase.Quarantined when e.Quarantined.Device == device =>
                new(device, "quarantined", e.Quarantined.Kind.ToString().ToLowerInvariant(), e.Quarantined.MessageId, at)
                {
                    Reason = e.Quarantined.Reason,
                    Field = e.Quarantined.Field,
                    Rule = e.Quarantined.Rule,
                    WayOut = e.Quarantined.WayOut,
                },
            _ => null,
        };
    }
}
