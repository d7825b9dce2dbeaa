using SmartCommunity.Simulation.Devices;
using SmartCommunity.Simulation.Products;
using SmartCommunity.Simulation.Worlds;
using SmartCommunity.V1;
using Xunit;

namespace SmartCommunity.Simulation;

/// <summary>Commands to devices through kills: kept until the device returns, never twice once acknowledged, ended on time though nobody was there.</summary>
public sealed class CommandTests
{
    private const string DeviceId = "air-0";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_command_survives_kills_reaches_the_device_once_and_ends_answered_or_expired()
    {
        using var folder = new TempFolder();
        await using var product = await Product.StartAsync(new(folder.Path), Cancellation);
        using var world = await World.BuildAsync(product, Cancellation);
        var kept = await IssueAsync(world, "kept", seconds: 600);
        var brief = await IssueAsync(world, "brief", seconds: 1);
        await product.KillAsync();
        await Until.TrueAsync(
            () => TimeProvider.System.GetUtcNow() > brief.ExpireTime.ToDateTimeOffset().AddMilliseconds(200), Patience, "the time of a command ran out while the product was down", Cancellation);
        await product.RestartAsync(Cancellation);

        // It expired while the product was down, at its due instant.
        var expired = await EndedAsync(world, brief, CommandState.Expired);
        Assert.Equal(brief.ExpireTime, expired.EndTime);
        Assert.Equal(brief.ExpireTime, (await HistoryAsync(world, brief)).Last().EventTime);

        // Killed between delivery and PUBACK: the device gets it again.
        await using (var first = await ListenAsync(product))
        {
            Assert.EndsWith("/cmd/kept", (await first.ReadCommandAsync(Cancellation)).Topic, StringComparison.Ordinal);
            await product.KillAsync();
        }

        await product.RestartAsync(Cancellation);
        await using (var second = await ListenAsync(product))
        {
            await second.AcknowledgeAsync((await second.ReadCommandAsync(Cancellation)).Packet, Cancellation);
            await EndedAsync(world, kept, CommandState.Delivered);
            await product.KillAsync();
        }

        // Acknowledged: after another kill the next thing it hears is the next command.
        await product.RestartAsync(Cancellation);
        await using var third = await ListenAsync(product);
        var later = await IssueAsync(world, "later", seconds: 600);
        var heard = await third.ReadCommandAsync(Cancellation);
        Assert.EndsWith("/cmd/later", heard.Topic, StringComparison.Ordinal);
        await third.AcknowledgeAsync(heard.Packet, Cancellation);
        foreach (var (id, packet) in new[] { ("kept", (ushort)7), ("later", (ushort)8) })
        {
            await third.PublishAsync($"sc/v1/{World.District}/{DeviceId}/cmd/{id}/reply", """{"done":true}"""u8.ToArray(), packet, again: false, Cancellation);
            Assert.Equal(packet, await third.ReadAckAsync(Cancellation));
        }

        Assert.True((await EndedAsync(world, kept, CommandState.Answered)).Reply.Fields["done"].BoolValue);
        await EndedAsync(world, later, CommandState.Answered);
        Assert.Equal(
            [CommandState.Issued, CommandState.Delivered, CommandState.Answered],
            (await HistoryAsync(world, kept)).Select(e => e.Command.State));
        await SendWithScAsync(product, world, third, folder.Path);
    }

    /// <summary>What a person at a shell sees: the answer, or that none came.</summary>
    private static async Task SendWithScAsync(Product product, World world, DeviceSocket device, string folder)
    {
        string[] send = ["device", "send", DeviceId, "blink", "--body", """{"times":3}""", "--ttl", "30", "--wait"];
        var waiting = Sc.RunAsync(product, folder, world.Api.Headers.GetValue("x-api-key")!, World.District, send, Cancellation);
        var heard = await device.ReadCommandAsync(Cancellation);
        await device.PublishAsync(heard.Topic + "/reply", """{"blinked":3}"""u8.ToArray(), 9, again: false, Cancellation);
        var (exitCode, output, error) = await waiting;
        Assert.True(exitCode == 0, error);
        Assert.Contains("COMMAND_STATE_ANSWERED", output, StringComparison.Ordinal);
        Assert.Contains("blinked", output, StringComparison.Ordinal);
        send[2] = "air-1";
        send[^2] = "1";
        var late = await Sc.RunAsync(product, folder, world.Api.Headers.GetValue("x-api-key")!, World.District, send, Cancellation);
        Assert.Equal(3, late.ExitCode);
        var listed = await Sc.RunAsync(product, folder, world.Api.Headers.GetValue("x-api-key")!, World.District, ["device", "commands", "air-1", "--state", "expired"], Cancellation);
        Assert.Contains("blink", listed.Output, StringComparison.Ordinal);
    }

    private static async Task<DeviceSocket> ListenAsync(Product product)
    {
        var socket = await DeviceSocket.ConnectAsync(product.MqttPort, DeviceId, World.Tokens[DeviceId], Cancellation);
        await socket.SubscribeAsync($"sc/v1/{World.District}/{DeviceId}/cmd/#", Cancellation);
        return socket;
    }

    private static async Task<DeviceCommand> IssueAsync(World world, string id, int seconds) => (await world.Api.Commands.CreateDeviceCommandAsync(
        new() { Parent = $"{World.Name}/devices/{DeviceId}", CommandId = id, Command = new() { CommandName = "open", Body = new(), Ttl = Api.Seconds(seconds) } },
        world.Api.Headers,
        cancellationToken: Cancellation)).Command;

    /// <summary>The command once it is in a state.</summary>
    private static async Task<DeviceCommand> EndedAsync(World world, DeviceCommand command, CommandState state)
    {
        var now = command;
        await Until.TrueAsync(
            async cancellation => (now = (await world.Api.Commands.GetDeviceCommandAsync(new() { Name = command.Name }, world.Api.Headers, cancellationToken: cancellation)).Command).State == state,
            Patience,
            () => $"{command.Name} is {state}, not {now.State}",
            Cancellation);
        return now;
    }

    /// <summary>Everything the feed says of a command, from the beginning.</summary>
    private static async Task<List<Event>> HistoryAsync(World world, DeviceCommand command)
    {
        var end = (await world.Api.Commands.GetDeviceCommandAsync(new() { Name = command.Name }, world.Api.Headers, cancellationToken: Cancellation)).Command.State;
        using var watch = world.Api.Events.WatchEvents(new() { Parent = World.Name, Kinds = { EventKind.Command }, Cursor = "0" }, world.Api.Headers, cancellationToken: Cancellation);
        var history = new List<Event>();
        while (history.LastOrDefault()?.Command.State != end && await watch.ResponseStream.MoveNext(Cancellation))
        {
            history.AddRange(watch.ResponseStream.Current.Events.Where(e => e.Command.Command == command.Name));
        }

        return history;
    }
}
