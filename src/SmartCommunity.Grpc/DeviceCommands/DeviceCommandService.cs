using Grpc.Core;
using Orleans;
using SmartCommunity.Domain.DeviceCommands;
using SmartCommunity.Domain.Devices;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Grains;
using SmartCommunity.Grains.Directory;
using SmartCommunity.Grpc.Calls;
using SmartCommunity.Grpc.Refusals;
using SmartCommunity.Grpc.Requests;

namespace SmartCommunity.Grpc.DeviceCommands;

internal sealed class DeviceCommandService(IDirectory directory, IGrainFactory grains, TimeProvider time) : V1.DeviceCommandService.DeviceCommandServiceBase
{
    public override async Task<V1.CreateDeviceCommandResponse> CreateDeviceCommand(V1.CreateDeviceCommandRequest request, ServerCallContext context)
    {
        var call = EdgeCall.Of(context);
        var device = await directory.FindAsync<Device>(call, call.Id<DeviceId>(request.Parent, ResourceNames.Devices, "parent").ToString(), "parent");
        var wanted = NamedRequests.Record(request.Command, "command");
        var id = request.CommandId.Length == 0 ? NewId() : call.NewId<CommandId>(request.CommandId, "command_id");
        var command = new NewCommand(id, device.Id, wanted.CommandName, CommandMapping.BodyOf(wanted).OrThrow(), ExpiresAt(call, wanted));
        var outcome = await grains.Twin(call.District, device.Mount).IssueCommand(command, call.Command).WaitAsync(call.Cancellation);
        return new() { Command = outcome.OrThrow(CommandMapping.Names).ToProto(call.District) };
    }

    public override async Task<V1.GetDeviceCommandResponse> GetDeviceCommand(V1.GetDeviceCommandRequest request, ServerCallContext context)
    {
        var call = EdgeCall.Of(context);
        return new() { Command = (await FindAsync(call, request.Name)).ToProto(call.District) };
    }

    public override async Task<V1.ListDeviceCommandsResponse> ListDeviceCommands(V1.ListDeviceCommandsRequest request, ServerCallContext context)
    {
        var call = EdgeCall.Of(context);
        var reader = new RequestReader(call.District);
        var isEvery = request.Parent == ResourceNames.Of(call.District, ResourceNames.Devices, ResourceNames.Every);
        var prefix = isEvery ? null : CommandTrack.RowPrefix(reader.Reference<DeviceId>(request.Parent, ResourceNames.Devices, "parent"));
        reader.Known(request.State, "state");
        _ = reader.Finish(request).OrThrow();
        var status = request.State == V1.CommandState.Unspecified ? null : CommandTrack.StatusOf((CommandState)request.State);
        var page = await directory.PageAsync<DeviceCommand>(call, request.PageSize, request.PageToken, request.Area, status, idPrefix: prefix);
        return new() { Commands = { page.Items.Select(command => command.ToProto(call.District)) }, NextPageToken = page.NextPageToken ?? string.Empty };
    }

    public override async Task<V1.CancelDeviceCommandResponse> CancelDeviceCommand(V1.CancelDeviceCommandRequest request, ServerCallContext context)
    {
        var call = EdgeCall.Of(context);
        var command = await FindAsync(call, request.Name);
        var outcome = await grains.Twin(call.District, command.Twin)
            .CancelCommand(command.Device, command.Id, request.Note.Length == 0 ? null : request.Note, call.Command)
            .WaitAsync(call.Cancellation);

        // A twin forgets its ended commands; the directory keeps them.
        if (outcome.Refusal?.Code == RefusalCode.NotFound && await FindAsync(call, request.Name) is var ended && !CommandTrack.IsOpen(ended.State))
        {
            throw RefusalStatus.ToException(new(
                RefusalCode.WrongState, "name", $"The command has ended: it is {CommandTrack.StatusOf(ended.State)}.", "Nothing is left to do."));
        }

        return new() { Command = outcome.OrThrow(CommandMapping.ByName).ToProto(call.District) };
    }

    private static DateTimeOffset ExpiresAt(EdgeCall call, V1.DeviceCommand wanted)
    {
        var reader = new RequestReader(call.District);
        var expires = wanted.ExpirationCase switch
        {
            V1.DeviceCommand.ExpirationOneofCase.ExpireTime => reader.Instant(wanted.ExpireTime, "command.expire_time") ?? default,
            V1.DeviceCommand.ExpirationOneofCase.Ttl => Later(call, reader.Seconds(wanted.Ttl, "command.ttl")),
            _ => Later(call, ApiLimits.CommandSecondsDefault),
        };
        return reader.Finish(expires).OrThrow();
    }

    /// <summary>A time to live beyond every limit is the domain's to refuse; it must only not overflow here.</summary>
    private static DateTimeOffset Later(EdgeCall call, int seconds) =>
        call.Command.Now.AddSeconds(Math.Min(seconds, Domain.Limits.CommandSecondsMax + 1));

    private CommandId NewId() => CommandId.Parse(Guid.CreateVersion7(time.GetUtcNow()).ToString("N"));

    private async Task<DeviceCommand> FindAsync(EdgeCall call, string name)
    {
        if (!ResourceNames.TryCommand(name, out var district, out var device, out var id))
        {
            throw RefusalStatus.ToException(Answers.Malformed(
                "name", "The name of a command is asked for.", $"Write districts/{call.District}/devices/, the device's id, /commands/ and the command's id."));
        }

        return district == call.District
            ? await directory.FindAsync<DeviceCommand>(call, CommandTrack.RowId(device, id), "name")
            : throw RefusalStatus.ToException(Answers.NotFound("name"));
    }
}
