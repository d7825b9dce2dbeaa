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
        var chosen = ChosenCredential.Of(call, request.Token, request.Username, request.Password, $"{call.District} {id}");
        var wanted = NamedRequests.Record(request.Device, "device").ToDomain(call.District, id, chosen.Kept).OrThrow(DeviceMapping.Names);
        var outcome = await DefineAsync(call, wanted, WriteCondition.Create, call.Command);
        return new() { Device = outcome.OrThrow(DeviceMapping.Names).ToProto(call.District), Token = chosen.Token, Password = chosen.Password };
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
                .Then(changed => changed.ToDomain(call.District, current.Id, DeviceCredential.Of(current)))
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
        var userName = request.Username.Length > 0 || request.Token.Length > 0 ? request.Username : device.UserName ?? string.Empty;
        var chosen = ChosenCredential.Of(call, request.Token, userName, request.Password, $"{call.District} {device.Id} rotated");
        var outcome = await grains.Twin(call.District, device.Mount).ReplaceCredential(device.Id, chosen.Kept, call.Command).WaitAsync(call.Cancellation);
        return new() { Device = outcome.OrThrow(DeviceMapping.ByName).ToProto(call.District), Token = chosen.Token, Password = chosen.Password };
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
                if (answer.Value?.Told is { } chosen)
                {
                    var name = ResourceNames.Of(call.District, ResourceNames.Devices, row.DeviceId);
                    tokens[index] = request.DryRun
                        ? new() { Device = name, Username = chosen.UserName }
                        : new() { Device = name, Token = chosen.Token, Username = chosen.UserName, Password = chosen.Password };
                }

                return answer.Then<ImportedDevice, RowAnswer>(done => done.Row);
            },
            call.Cancellation);
        return new() { Summary = summary, Tokens = { tokens.OrderBy(t => t.Key).Select(t => t.Value) } };
    }

    private async Task<Outcome<ImportedDevice>> WriteAsync(EdgeCall call, V1.DeviceRow row, int index, bool dryRun)
    {
        var reader = new RequestReader(call.District);
        var id = reader.Id<DeviceId>(row.DeviceId, "device_id");
        if ((reader.Refusal ?? ChosenCredential.Judge(row.Token, row.Username, row.Password)) is { } refusal)
        {
            return refusal;
        }

        var before = await directory.GetAsync<Device>(call.DistrictCode, id.ToString(), call.Cancellation);
        var chosen = ChosenCredential.Of(call, row.Token, row.Username, row.Password, $"{call.District} {id}", dryRun);
        var keeps = before is not null && Keeps(row, chosen, before);
        var kept = keeps ? DeviceCredential.Of(before!) : chosen.Kept;
        var wanted = (row.Device ?? new()).ToDomain(call.District, id, kept)
            .Then<Device, Device>(device => device with { Gateway = device.Gateway ?? before?.Gateway });
        if (wanted.IsRefused)
        {
            return wanted.Refusal;
        }

        var context = call.Row(index, RequestFields.Fingerprint("ImportDevices", row));
        var outcome = await DefineAsync(call, wanted.Value, RowImport.Condition(dryRun), context);

        // A repetition of the import that registered the device derives the same secret, so it is told again.
        return outcome.Then<Device, ImportedDevice>(after => new ImportedDevice(
            new RowAnswer(RowAnswer.FateOf(before?.Revision, after.Revision)),
            !keeps || (IsMade(row) && chosen.IsOf(after)) ? chosen : null));
    }

    /// <summary>A row that says nothing of the credential, or says what already holds, leaves it as it is.</summary>
    private static bool Keeps(V1.DeviceRow row, ChosenCredential chosen, Device before) => row.Username.Length > 0 && row.Password.Length == 0
        ? row.Username == before.UserName
        : IsMade(row) || chosen.IsOf(before);

    private static bool IsMade(V1.DeviceRow row) => row.Token.Length == 0 && row.Password.Length == 0;

    /// <param name="Told">The credential the caller must be told; null when it is as it was.</param>
    private sealed record ImportedDevice(RowAnswer Row, ChosenCredential? Told);

    private Task<Outcome<Device>> DefineAsync(EdgeCall call, Device device, WriteCondition condition, CommandContext context) =>
        grains.Twin(call.District, device.Mount).DefineDevice(device, condition, context).WaitAsync(call.Cancellation);

    private Task<Device> FindAsync(EdgeCall call, string name, string field) =>
        directory.FindAsync<Device>(call, call.Id<DeviceId>(name, ResourceNames.Devices, field).ToString(), field);
}
