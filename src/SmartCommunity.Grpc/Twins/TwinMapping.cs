using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.Twins;
using SmartCommunity.Grpc.Alarms;
using SmartCommunity.Grpc.Buildings;
using SmartCommunity.Grpc.DeviceCommands;
using SmartCommunity.Grpc.Refusals;
using SmartCommunity.Grpc.Requests;

namespace SmartCommunity.Grpc.Twins;

internal static class TwinMapping
{
    public static FieldNames Names { get; } = new(string.Empty, ("building", "name"), ("cell", "name"), ("twin", "name"), ("instant", "read_time"));

    public static V1.Twin ToProto(this TwinView twin, AreaCode district) => new()
    {
        Name = ResourceNames.Twin(district, twin.Key),
        Area = twin.Area.ToString(),
        Building = twin.Building?.ToProto(district),
        Sensors = { twin.Sensors.Select(sensor => ToProto(sensor, district)) },
        Alarms = { twin.Alarms.Select(alarm => alarm.ToProto(district)) },
        AsOfTime = twin.AsOf.ToProto(),
        Commands = { twin.Commands.Select(command => command.ToProto(district)) },
    };

    private static V1.Sensor ToProto(SensorView sensor, AreaCode district) => new()
    {
        Device = ResourceNames.Of(district, ResourceNames.Devices, sensor.Device.ToString()),
        DisplayName = sensor.Name,
        Profile = ResourceNames.Of(district, ResourceNames.Profiles, sensor.Profile.ToString()),
        Online = sensor.Online,
        Revoked = sensor.Revoked,
        LastSeenTime = sensor.LastSeen.ToProto(),
        Values = { sensor.Values.Select(ToProto) },
    };

    private static V1.SensorValue ToProto(SensorValue value) => new()
    {
        Metric = value.Metric,
        Value = value.Value,
        EventTime = value.At.ToProto(),
        ReceiveTime = value.ReceivedAt.ToProto(),
        MessageId = value.MessageId ?? string.Empty,
    };
}
