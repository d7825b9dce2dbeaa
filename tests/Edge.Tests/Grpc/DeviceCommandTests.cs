using System.Net;
using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using SmartCommunity.Domain;
using SmartCommunity.Domain.DeviceCommands;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Domain.Twins;
using Xunit;

namespace SmartCommunity.Edge.Tests.Grpc;

[Collection(GrpcCollection.Name)]
public sealed class DeviceCommandTests(EdgeHost host)
{
    private readonly V1.DeviceCommandService.DeviceCommandServiceClient commands = new(host.Channel);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact, Covers("DeviceCommandService.CreateDeviceCommand", "DeviceCommandService.GetDeviceCommand")]
    public async Task A_command_is_issued_delivered_and_answered_and_everyone_who_watches_hears_it()
    {
        var device = await host.DeviceAsync();
        using var watch = new V1.EventService.EventServiceClient(host.Channel).WatchEvents(
            new() { Parent = host.Parent, Kinds = { V1.EventKind.Command } }, host.Auth);
        Assert.True(await watch.ResponseStream.MoveNext(Cancellation));
        var issued = await CreateAsync(device, "c1", body: Struct.Parser.ParseJson("""{"door":"北门","seconds":30}"""));
        Assert.Equal(($"{device.Name}/commands/c1", V1.CommandState.Issued, 1), (issued.Name, issued.State, issued.Number));
        Assert.Equal(issued.IssueTime.ToDateTimeOffset().AddSeconds(60), issued.ExpireTime.ToDateTimeOffset());
        Assert.Equal(MessageFate.Accepted, (await SayAsync(device, MessageKind.CommandReceipt, "c1", null)).Fate);
        Assert.Equal(V1.CommandState.Delivered, (await GetAsync(issued.Name)).State);
        Assert.Equal(MessageFate.Accepted, (await SayAsync(device, MessageKind.CommandReply, "c1", """{"done":true}""")).Fate);
        var answered = await GetAsync(issued.Name);
        Assert.Equal((V1.CommandState.Answered, true), (answered.State, answered.Reply.Fields["done"].BoolValue));
        Assert.Equal("北门", answered.Body.Fields["door"].StringValue);
        var told = new List<V1.CommandChange>();
        while (told.Count < 3 && await watch.ResponseStream.MoveNext(Cancellation))
        {
            told.AddRange(watch.ResponseStream.Current.Events.Select(e => e.Command).Where(c => c.Device == device.Name));
        }

        Assert.Equal([V1.CommandState.Issued, V1.CommandState.Delivered, V1.CommandState.Answered], told.Select(c => c.State));
        Assert.Equal(("open", "北门", true), (told[0].CommandName, told[0].Body.Fields["door"].StringValue, told[2].Reply.Fields["done"].BoolValue));
    }

    [Fact]
    public async Task The_same_request_issues_one_command_and_an_id_is_used_once()
    {
        var device = await host.DeviceAsync();
        var request = new V1.CreateDeviceCommandRequest { Parent = device.Name, Command = new() { CommandName = "open" }, RequestId = EdgeHost.Next("r") };
        var first = await commands.CreateDeviceCommandAsync(request, host.Auth);
        Assert.Equal(first, await commands.CreateDeviceCommandAsync(request, host.Auth));
        await CreateAsync(device, "mine");
        await Errors.RefusedAsync(
            commands.CreateDeviceCommandAsync(new() { Parent = device.Name, CommandId = "mine", Command = new() { CommandName = "open" } }, host.Auth),
            StatusCode.AlreadyExists, "ALREADY_EXISTS");
        Assert.Equal(2, (await commands.ListDeviceCommandsAsync(new() { Parent = device.Name }, host.Auth)).Commands.Count);
    }

    [Fact, Covers("DeviceCommandService.ListDeviceCommands", "DeviceCommandService.CancelDeviceCommand")]
    public async Task Commands_are_listed_by_device_and_state_and_cancelled_once()
    {
        var (device, other) = (await host.DeviceAsync(), await host.DeviceAsync());
        foreach (var id in new[] { "c1", "c2", "c3" })
        {
            await CreateAsync(device, id);
        }

        await CreateAsync(other, "c1");
        var cancel = new V1.CancelDeviceCommandRequest { Name = $"{device.Name}/commands/c2", Note = "wrong door" };
        var cancelled = (await commands.CancelDeviceCommandAsync(cancel, host.Auth)).Command;
        Assert.Equal((V1.CommandState.Cancelled, "wrong door"), (cancelled.State, cancelled.Note));
        await Errors.RefusedAsync(commands.CancelDeviceCommandAsync(cancel, host.Auth), StatusCode.FailedPrecondition, "WRONG_STATE", "name");
        Assert.Equal(["c3", "c1"], await IdsAsync(new() { Parent = device.Name, State = V1.CommandState.Issued }));
        Assert.Equal(["c2", "c3", "c1"], await IdsAsync(new() { Parent = device.Name, PageSize = 1 }));
        Assert.Contains("c2", await IdsAsync(new() { Parent = $"{host.Parent}/devices/-", State = V1.CommandState.Cancelled }));
        await Errors.RefusedAsync(
            commands.ListDeviceCommandsAsync(new() { Parent = device.Name, State = (V1.CommandState)77 }, host.Auth), StatusCode.InvalidArgument, "MALFORMED", "state");
        await Errors.RefusedAsync(commands.GetDeviceCommandAsync(new() { Name = $"{device.Name}/commands/none" }, host.Auth), StatusCode.NotFound, "NOT_FOUND", "name");
        await Errors.RefusedAsync(commands.GetDeviceCommandAsync(new() { Name = device.Name }, host.Auth), StatusCode.InvalidArgument, "MALFORMED", "name");
    }

    [Fact]
    public async Task What_is_wrong_with_a_command_is_named_by_its_field()
    {
        var device = await host.DeviceAsync();
        await RefusedAsync(new() { CommandName = "" }, StatusCode.InvalidArgument, "MISSING", "command.command_name");
        await RefusedAsync(new() { CommandName = "x", Ttl = new() { Seconds = Limits.CommandSecondsMax + 1 } }, StatusCode.InvalidArgument, "OUT_OF_RANGE", "command.expire_time");
        await RefusedAsync(new() { CommandName = "x", Ttl = new() { Nanos = 5 } }, StatusCode.InvalidArgument, "OUT_OF_RANGE", "command.ttl");
        await RefusedAsync(new() { CommandName = "x", ExpireTime = new() { Seconds = 5 } }, StatusCode.InvalidArgument, "OUT_OF_RANGE", "command.expire_time");
        await RefusedAsync(
            new() { CommandName = "x", Body = new() { Fields = { ["a"] = Value.ForNumber(double.NaN) } } }, StatusCode.InvalidArgument, "WRONG_SHAPE", "command.body");
        await RefusedAsync(
            new() { CommandName = "x", Body = new() { Fields = { ["a"] = Value.ForString(new('x', Limits.CommandBodyBytesMax)) } } },
            StatusCode.ResourceExhausted, "TOO_LARGE", "command.body");

        async Task RefusedAsync(V1.DeviceCommand command, StatusCode code, string reason, string field) => await Errors.RefusedAsync(
            commands.CreateDeviceCommandAsync(new() { Parent = device.Name, Command = command }, host.Auth), code, reason, field);
    }

    [Fact]
    public async Task The_sixty_fifth_open_command_of_a_device_is_refused()
    {
        var device = await host.DeviceAsync();
        for (var i = 0; i < Limits.OpenCommandsPerDeviceMax; i++)
        {
            await CreateAsync(device, "c" + i);
        }

        await Errors.RefusedAsync(
            commands.CreateDeviceCommandAsync(new() { Parent = device.Name, Command = new() { CommandName = "x" } }, host.Auth), StatusCode.ResourceExhausted, "TOO_MANY");
    }

    [Fact]
    public async Task A_command_reads_naturally_over_rest()
    {
        var device = await host.DeviceAsync();
        using var created = await host.SendAsync(
            HttpMethod.Post, $"/v1/{device.Name}/commands?commandId=c1", """{"commandName":"open","body":{"seconds":30},"ttl":"120s"}""");
        var text = await created.Content.ReadAsStringAsync(Cancellation);
        Assert.True(created.IsSuccessStatusCode, text);
        using var got = await host.SendAsync(HttpMethod.Get, $"/v1/{device.Name}/commands/c1");
        using var json = JsonDocument.Parse(await got.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal(30, json.RootElement.GetProperty("command").GetProperty("body").GetProperty("seconds").GetInt32());
        using var cancelled = await host.SendAsync(HttpMethod.Post, $"/v1/{device.Name}/commands/c1:cancel", "{}");
        Assert.Equal(HttpStatusCode.OK, cancelled.StatusCode);
    }

    [Fact]
    public async Task A_twin_of_the_past_shows_the_commands_that_were_open_then()
    {
        var device = await host.DeviceAsync();
        var issued = await CreateAsync(device, "c1");
        var twins = new V1.TwinService.TwinServiceClient(host.Channel);
        var then = (await twins.GetTwinAsync(new() { Name = device.Mount + "/twin" }, host.Auth)).Twin;
        Assert.Equal([issued], then.Commands);
        await commands.CancelDeviceCommandAsync(new() { Name = issued.Name }, host.Auth);
        Assert.Empty((await twins.GetTwinAsync(new() { Name = device.Mount + "/twin" }, host.Auth)).Twin.Commands);
        var past = await twins.GetTwinAsync(new() { Name = device.Mount + "/twin", ReadTime = issued.IssueTime }, host.Auth);
        Assert.Equal([issued], past.Twin.Commands);
    }

    [Fact]
    public async Task A_revoked_device_gets_no_command_and_its_open_ones_are_undeliverable()
    {
        var device = await host.DeviceAsync();
        var issued = await CreateAsync(device, "c1");
        await new V1.DeviceService.DeviceServiceClient(host.Channel).RevokeDeviceAsync(new() { Name = device.Name }, host.Auth);
        var ended = await GetAsync(issued.Name);
        Assert.Equal((V1.CommandState.Undeliverable, UndeliverableReasons.Revoked), (ended.State, ended.Note));
        await Errors.RefusedAsync(
            commands.CreateDeviceCommandAsync(new() { Parent = device.Name, Command = new() { CommandName = "x" } }, host.Auth), StatusCode.FailedPrecondition, "WRONG_STATE");
    }

    private async Task<V1.DeviceCommand> CreateAsync(V1.Device device, string id, Struct? body = null) => (await commands.CreateDeviceCommandAsync(
        new() { Parent = device.Name, CommandId = id, Command = new() { CommandName = "open", Body = body } }, host.Auth)).Command;

    private async Task<V1.DeviceCommand> GetAsync(string name) => (await commands.GetDeviceCommandAsync(new() { Name = name }, host.Auth)).Command;

    private async Task<List<string>> IdsAsync(V1.ListDeviceCommandsRequest request)
    {
        var ids = new List<string>();
        do
        {
            var page = await commands.ListDeviceCommandsAsync(request, host.Auth);
            ids.AddRange(page.Commands.Select(c => c.Name.Split('/')[^1]));
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
        return ids;
    }

    private async Task<MessageOutcome> SayAsync(V1.Device device, MessageKind kind, string command, string? body) => (await host.SendAsync(device, new DeviceMessage
    {
        Device = DeviceId.Parse(device.Name.Split('/')[^1]),
        Kind = kind,
        MessageId = command,
        ReceivedMs = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(),
        Values = [],
        Body = body,
        Fingerprint = Hash(body),
    }))[0];

    private static ulong Hash(string? body) => (ulong)(body?.Length ?? 0);
}
