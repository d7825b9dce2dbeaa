using Grpc.Core;
using SmartCommunity.Domain.Devices;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Domain.Quarantine;
using SmartCommunity.Grains.Directory;
using SmartCommunity.Grpc.Calls;
using SmartCommunity.Grpc.Requests;

namespace SmartCommunity.Grpc.Quarantine;

internal sealed class QuarantineService(IDirectory directory) : V1.QuarantineService.QuarantineServiceBase
{
    public override async Task<V1.GetQuarantinedMessageResponse> GetQuarantinedMessage(V1.GetQuarantinedMessageRequest request, ServerCallContext context)
    {
        var call = EdgeCall.Of(context);
        var id = call.TextId(request.Name, ResourceNames.Quarantine, "name");
        return new() { QuarantinedMessage = (await directory.FindAsync<QuarantinedMessage>(call, id, "name")).ToProto(call.District) };
    }

    public override async Task<V1.ListQuarantinedMessagesResponse> ListQuarantinedMessages(V1.ListQuarantinedMessagesRequest request, ServerCallContext context)
    {
        var call = EdgeCall.Of(context);
        call.CheckParent(request.Parent);
        var device = request.Device.Length == 0 ? default : call.Id<DeviceId>(request.Device, ResourceNames.Devices, "device");
        var owner = request.Device.Length == 0 ? null : (await directory.FindAsync<Device>(call, device.ToString(), "device")).Mount.ToString();
        var page = await directory.PageAsync<QuarantinedMessage>(call, request.PageSize, request.PageToken, request.Area, owner: owner);
        var items = page.Items.Where(item => request.Device.Length == 0 || item.Device == device);
        return new() { QuarantinedMessages = { items.Select(item => item.ToProto(call.District)) }, NextPageToken = page.NextPageToken ?? string.Empty };
    }
}
