using System.Collections.Concurrent;
using Grpc.Core;
using Orleans;
using SmartCommunity.Domain.Commands;
using SmartCommunity.Domain.Devices;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Grains;
using SmartCommunity.Grains.Directory;
using SmartCommunity.Grpc.Calls;
using SmartCommunity.Grpc.Refusals;
using SmartCommunity.Grpc.Requests;

namespace SmartCommunity.Grpc.Devices;

internal sealed class DeviceService(IDirectory directory, IGrainFactory grains) : V1.DeviceService.DeviceServiceBase
{
    public override async Task<V1.CreateDeviceResponse> CreateDevice(V1.CreateDeviceRequest request, ServerCallContext context)
    {
        var call = EdgeCall.Of(context);
        call.CheckParent(request.Parent);
        var id = call.NewId<DeviceId>(request.DeviceId, "device_id");
        var token = TokenOf(call, request.Token, id);
        var wanted = NamedRequests.Record(request.Device, "device").ToDomain(call.District, id, CredentialHash.Of(token)).OrThrow(DeviceMapping.Names);
        var outcome = await DefineAsync(call, wanted, WriteCondition.Create, call.Command);
        return new() { Device = outcome.OrThrow(DeviceMapping.Names).ToProto(call.District), Token = token };
    }

    public override async Task<V1.GetDeviceResponse> GetDevice(V1.GetDeviceRequest request, ServerCallContext context)
    {
        var call = EdgeCall.Of(context);
        return new() { Device = (await FindAsync(call, request.Name, "name")).ToProto(call.District) };
    }

    public override async Task<V1.ListDevicesResponse> ListDevices(V1.ListDevicesRequest request, ServerCallContext context)
    {
        var call = EdgeCall.Of(context);
        call.CheckParent(request.Parent);
        string? owner = null;
        if (request.Mount.Length > 0)
        {
            var reader = new RequestReader(call.District);
            owner = reader.Finish(reader.Mount(request.Mount, "mount")).OrThrow().ToString();
        }

        var page = await directory.PageAsync<Device>(call, request.PageSize, request.PageToken, request.Area, owner: owner);
        return new() { Devices = { page.Items.Select(device => device.ToProto(call.District)) }, NextPageToken = page.NextPageToken ?? string.Empty };
    }

    public override async Task<V1.UpdateDeviceResponse> UpdateDevice(V1.UpdateDeviceRequest request, ServerCallContext context)
    {
        var call = EdgeCall.Of(context);
        var outcome = await Revisions.ReviseAsync(
            call.Revision(request.Device.Etag, "device.etag"),
            () => FindAsync(call, request.Device.Name, "device.name"),
            current => UpdateMask.Apply(current.ToProto(call.District), request.Device, request.UpdateMask, DeviceMapping.Changeable)
                .Then(changed => changed.ToDomain(call.District, current.Id, current.TokenHash))
                .Then<Device, Device>(changed => changed with { Area = current.Area, Revoked = current.Revoked }),
            current => current.Revision,
            (changed, condition) => DefineAsync(call, changed, condition, call.Command));
        return new() { Device = outcome.OrThrow(DeviceMapping.Names).ToProto(call.District) };
    }

    public override async Task<V1.RevokeDeviceResponse> RevokeDevice(V1.RevokeDeviceRequest request, ServerCallContext context)
    {
        var call = EdgeCall.Of(context);
        var device = await FindAsync(call, request.Name, "name");
        var outcome = await grains.Twin(call.District, device.Mount).RevokeDevice(device.Id, call.Command).WaitAsync(call.Cancellation);
        return new() { Device = outcome.OrThrow(DeviceMapping.ByName).ToProto(call.District) };
    }

    public override async Task<V1.RotateDeviceTokenResponse> RotateDeviceToken(V1.RotateDeviceTokenRequest request, ServerCallContext context)
    {
        var call = EdgeCall.Of(context);
        var device = await FindAsync(call, request.Name, "name");
        var token = Secrets.Make(call, $"device-token {call.District} {device.Id} rotated");
        var outcome = await grains.Twin(call.District, device.Mount).RotateToken(device.Id, CredentialHash.Of(token), call.Command).WaitAsync(call.Cancellation);
        return new() { Device = outcome.OrThrow(DeviceMapping.ByName).ToProto(call.District), Token = token };
    }

    public override async Task<V1.ImportDevicesResponse> ImportDevices(V1.ImportDevicesRequest request, ServerCallContext context)
    {
        var call = EdgeCall.Of(context);
        call.CheckParent(request.Parent);
        var tokens = new ConcurrentDictionary<int, V1.DeviceToken>();
        var summary = await RowImport.RunAsync(
            request.Rows,
            row => (row.Row, row.DeviceId),
            "device_id",
            request.DryRun,
            DeviceMapping.Names,
            async (row, index) =>
            {
                var answer = await WriteAsync(call, row, index, request.DryRun);
                if (answer.Value?.Secret is { } token && !request.DryRun)
                {
                    tokens[index] = new() { Device = ResourceNames.Of(call.District, ResourceNames.Devices, row.DeviceId), Token = token };
                }

                return answer;
            },
            call.Cancellation);
        return new() { Summary = summary, Tokens = { tokens.OrderBy(t => t.Key).Select(t => t.Value) } };
    }

    private async Task<Outcome<RowAnswer>> WriteAsync(EdgeCall call, V1.DeviceRow row, int index, bool dryRun)
    {
        var reader = new RequestReader(call.District);
        var id = reader.Id<DeviceId>(row.DeviceId, "device_id");
        if (reader.Refusal is { } refusal)
        {
            return refusal;
        }

        var token = TokenOf(call, string.Empty, id);
        var hash = CredentialHash.Of(token);
        var before = await directory.GetAsync<Device>(call.DistrictCode, id.ToString(), call.Cancellation);
        var wanted = (row.Device ?? new()).ToDomain(call.District, id, before?.TokenHash ?? hash)
            .Then<Device, Device>(device => device with { Gateway = device.Gateway ?? before?.Gateway });
        if (wanted.IsRefused)
        {
            return wanted.Refusal;
        }

        var context = call.Row(index, RequestFields.Fingerprint("ImportDevices", row));
        var outcome = await DefineAsync(call, wanted.Value, RowImport.Condition(dryRun), context);

        // A repetition of the import that registered the device derives the same token, so it is told again.
        return outcome.Then<Device, RowAnswer>(after =>
            new RowAnswer(RowAnswer.FateOf(before?.Revision, after.Revision), after.TokenHash == hash ? token : null));
    }

    private Task<Outcome<Device>> DefineAsync(EdgeCall call, Device device, WriteCondition condition, CommandContext context) =>
        grains.Twin(call.District, device.Mount).DefineDevice(device, condition, context).WaitAsync(call.Cancellation);

    private Task<Device> FindAsync(EdgeCall call, string name, string field) =>
        directory.FindAsync<Device>(call, call.Id<DeviceId>(name, ResourceNames.Devices, field).ToString(), field);

    private static string TokenOf(EdgeCall call, string chosen, DeviceId id)
    {
        if (chosen.Length == 0)
        {
            return Secrets.Make(call, $"device-token {call.District} {id}");
        }

        return chosen.Length is >= ApiLimits.TokenCharsMin and <= ApiLimits.TokenCharsMax && chosen.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-')
            ? chosen
            : throw RefusalStatus.ToException(Answers.Malformed(
                "token",
                $"A token has {ApiLimits.TokenCharsMin} to {ApiLimits.TokenCharsMax} characters of A-Z a-z 0-9 . _ -.",
                "Leave it out to have one made."));
    }
}
