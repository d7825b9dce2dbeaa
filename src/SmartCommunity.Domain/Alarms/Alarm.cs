using Orleans;
using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Domain.Twins;

namespace SmartCommunity.Domain.Alarms;

/// <summary>One alarm from raise to close, as the directory shows it.</summary>
/// <param name="Peak">The highest level it had.</param>
/// <param name="Value">The value that last changed its level.</param>
/// <param name="ClosedBy">Actor, or <c>rule</c> when the rule closed it; null while open.</param>
[GenerateSerializer, Immutable, Alias("sc.Alarm")]
public sealed record Alarm(
    [property: Id(0)] AlarmId Id,
    [property: Id(1)] RuleId Rule,
    [property: Id(2)] DeviceId Device,
    [property: Id(3)] string Metric,
    [property: Id(4)] TwinKey Twin,
    [property: Id(5)] AreaCode Area,
    [property: Id(6)] AlarmLevel Level,
    [property: Id(7)] AlarmLevel Peak,
    [property: Id(8)] double Value,
    [property: Id(9)] DateTimeOffset RaisedAt,
    [property: Id(10)] DateTimeOffset ChangedAt,
    [property: Id(11)] string? AcknowledgedBy,
    [property: Id(12)] DateTimeOffset? AcknowledgedAt,
    [property: Id(13)] string? ClosedBy,
    [property: Id(14)] DateTimeOffset? ClosedAt,
    [property: Id(15)] string? Note,
    [property: Id(16)] long Revision);
