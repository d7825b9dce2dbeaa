using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.Quarantine;
using SmartCommunity.Grpc.Refusals;
using SmartCommunity.Grpc.Requests;

namespace SmartCommunity.Grpc.Quarantine;

internal static class QuarantineMapping
{
    public static V1.QuarantinedMessage ToProto(this QuarantinedMessage message, AreaCode district) => new()
    {
        Name = ResourceNames.Of(district, ResourceNames.Quarantine, message.Id),
        Device = ResourceNames.Of(district, ResourceNames.Devices, message.Device.ToString()),
        // The proto's 0 means "not known".
        Kind = (V1.MessageKind)((int)message.Kind + 1),
        Area = message.Area.ToString(),
        Reason = RefusalStatus.ReasonOf(message.Reason.Code),
        Field = message.Reason.Field,
        Rule = message.Reason.Rule,
        WayOut = message.Reason.WayOut,
        Excerpt = message.Excerpt,
        MessageId = message.MessageId ?? string.Empty,
        ReceiveTime = message.ReceivedAt.ToProto(),
    };
}
