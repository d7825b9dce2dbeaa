using SmartCommunity.Domain.Alarms;
using SmartCommunity.Domain.Areas;
using SmartCommunity.Grpc.Refusals;
using SmartCommunity.Grpc.Requests;

namespace SmartCommunity.Grpc.Alarms;

internal static class AlarmMapping
{
    public static FieldNames ByName { get; } = new(string.Empty, ("alarm", "name"));

    public static V1.Alarm ToProto(this Alarm alarm, AreaCode district) => new()
    {
        Name = ResourceNames.Of(district, ResourceNames.Alarms, alarm.Id.ToString()),
        Status = alarm.ClosedBy is not null ? V1.AlarmStatus.Closed
            : alarm.AcknowledgedBy is not null ? V1.AlarmStatus.Acknowledged : V1.AlarmStatus.Open,
        Level = (V1.AlarmLevel)alarm.Level,
        Peak = (V1.AlarmLevel)alarm.Peak,
        Rule = ResourceNames.Of(district, ResourceNames.Rules, alarm.Rule.ToString()),
        Device = ResourceNames.Of(district, ResourceNames.Devices, alarm.Device.ToString()),
        Metric = alarm.Metric,
        Mount = ResourceNames.Of(district, alarm.Twin),
        Area = alarm.Area.ToString(),
        Value = alarm.Value,
        RaiseTime = alarm.RaisedAt.ToProto(),
        ChangeTime = alarm.ChangedAt.ToProto(),
        AcknowledgedBy = alarm.AcknowledgedBy ?? string.Empty,
        AcknowledgeTime = alarm.AcknowledgedAt.ToProto(),
        ClosedBy = alarm.ClosedBy ?? string.Empty,
        CloseTime = alarm.ClosedAt.ToProto(),
        Note = alarm.Note ?? string.Empty,
        Etag = Etags.Of(alarm.Revision),
    };
}
