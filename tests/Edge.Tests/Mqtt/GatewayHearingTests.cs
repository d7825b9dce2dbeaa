using System.Diagnostics;
using System.Text;
using SmartCommunity.Domain.DeviceCommands;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Domain.Twins;
using SmartCommunity.Mqtt;
using SmartCommunity.Mqtt.Links;
using SmartCommunity.Mqtt.Wire;
using Xunit;

namespace SmartCommunity.Edge.Tests.Mqtt;

/// <summary>d1 is the gateway; c1 and c2 hang behind it, d2 does not.</summary>
public sealed class GatewayHearingTests
{
    private const string Commands = "sc/v1/340104/c1/cmd/#";
    private const string Errors = "sc/v1/340104/c1/error";

    /// <summary>What the directory's change must have reached the connections by.</summary>
    private static readonly TimeSpan DropMax = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task A_gateway_carries_the_waiting_commands_of_a_device_behind_it_in_order_and_its_PUBACK_delivers_them()
    {
        await using var edge = await StartAsync();
        edge.Commands.Issue("c1", "z");
        edge.Commands.Issue("c1", "a");
        using var gateway = await edge.ConnectAsync(isVersion5: true);
        Assert.Equal([1], await SubscribeAsync(gateway, Commands));
        foreach (var id in new[] { "z", "a" })
        {
            var sent = DownPublish.Of(await gateway.NextAsync());
            Assert.Equal(("sc/v1/340104/c1/cmd/" + id, 1), (sent.Topic, sent.Qos));
            Assert.Equal(CommandState.Issued, edge.Commands.StateOf("c1", id));
            await gateway.SendAsync(Packets.Acknowledge(RawMqtt.PubAck, sent.PacketId));
            await MqttEdge.UntilAsync(() => edge.Commands.StateOf("c1", id) == CommandState.Delivered);
        }

        edge.Commands.Issue("c1", "later");
        Assert.EndsWith("/c1/cmd/later", DownPublish.Of(await gateway.NextAsync()).Topic, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_commands_of_one_device_do_not_wait_for_those_of_another()
    {
        await using var edge = await StartAsync();
        foreach (var device in new[] { "c1", "c2", "d1" })
        {
            edge.Commands.Issue(device, "x");
        }

        using var gateway = await edge.ConnectAsync(isVersion5: true);
        Assert.Equal([1, 1, 1], await SubscribeAsync(gateway, Commands, "sc/v1/340104/c2/cmd/+", "sc/v1/340104/d1/cmd/#"));
        var topics = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            topics.Add(DownPublish.Of(await gateway.NextAsync()).Topic);
        }

        Assert.Equal(["sc/v1/340104/c1/cmd/x", "sc/v1/340104/c2/cmd/x", "sc/v1/340104/d1/cmd/x"], topics.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Of_a_device_and_its_gateway_the_last_to_subscribe_carries_and_the_other_one_goes_on_when_it_leaves()
    {
        await using var edge = await StartAsync();
        using var child = await edge.ConnectAsync("c1", isVersion5: true);
        Assert.Equal([1], await SubscribeAsync(child, Commands));
        var gateway = await edge.ConnectAsync(isVersion5: true);
        Assert.Equal([1], await SubscribeAsync(gateway, Commands));
        edge.Commands.Issue("c1", "x");
        Assert.EndsWith("/c1/cmd/x", DownPublish.Of(await gateway.NextAsync()).Topic, StringComparison.Ordinal);
        gateway.Dispose();
        Assert.EndsWith("/c1/cmd/x", DownPublish.Of(await child.NextAsync()).Topic, StringComparison.Ordinal);
        await MqttEdge.UntilAsync(() => edge.Links.HeardCount == 0);
    }

    [Theory]
    [InlineData(Errors)]
    [InlineData("sc/v1/340104/+/error")]
    public async Task A_gateway_hears_why_a_message_of_a_device_behind_it_was_quarantined_whoever_sent_it(string filter)
    {
        await using var edge = await StartAsync();
        using var gateway = await edge.ConnectAsync(isVersion5: true);
        using var child = await edge.ConnectAsync("c1", isVersion5: true);
        Assert.Equal([1], await SubscribeAsync(gateway, filter));
        Assert.Equal([1], await SubscribeAsync(child, Errors));
        await child.SendAsync(Packets.Publish("sc/v1/340104/c1/telemetry", """{"id":"own","values":{"pm26":1}}""", isVersion5: true));
        Assert.Contains("\"id\":\"own\"", await NextErrorAsync(gateway), StringComparison.Ordinal);
        Assert.Contains("\"id\":\"own\"", await NextErrorAsync(child), StringComparison.Ordinal);
        await gateway.SendAsync(Packets.Publish("v1/gateway/telemetry", """{"c1":[{"id":"packed","values":{"pm26":1}}]}""", isVersion5: true));
        Assert.Contains("\"id\":\"packed\"", await NextErrorAsync(gateway), StringComparison.Ordinal);
    }

    // Seen to fail when a filter is granted for any device of the district.
    [Fact]
    public async Task A_gateway_hears_nothing_of_devices_that_are_not_behind_it()
    {
        await using var edge = await StartAsync();
        edge.Directory.Add("x1", gateway: "d3");
        edge.Directory.Add("f1", "340111", gateway: "d1");
        using var gateway = await edge.ConnectAsync(isVersion5: true);
        string[] strangers =
        [
            "sc/v1/340104/d2/cmd/#", "sc/v1/340104/d2/error", "sc/v1/340104/x1/cmd/+", "sc/v1/340104/x1/error", "sc/v1/340104/nobody/error",
            "sc/v1/340111/f1/cmd/#", "sc/v1/340111/+/error", "sc/v1/340104/+/cmd/#", "sc/v1/340104/+/cmd/+", "sc/v1/340104/#", "sc/v1/340104/+/+", "sc/v1/+/c1/error", "#",
            "sc/v1/340104/c1/telemetry", "sc/v1/340104/c1/#", "sc/v1/340104/c1/cmd/x", "sc/v1/340104/c1/cmd/+/reply",
        ];
        Assert.All(await SubscribeAsync(gateway, strangers), code => Assert.Equal(0x87, code));
        Assert.Equal([1], await SubscribeAsync(gateway, "sc/v1/340104/+/error"));
        foreach (var device in new[] { "d2", "x1" })
        {
            edge.Commands.Issue(device, "x");
            using var other = await edge.ConnectAsync(device, isVersion5: true);
            Assert.Equal([1], await SubscribeAsync(other, $"sc/v1/340104/{device}/error"));
            await other.SendAsync(Packets.Publish($"sc/v1/340104/{device}/telemetry", """{"values":{"pm26":1}}""", isVersion5: true));
            _ = await NextErrorAsync(other);
        }

        await IsSilentAsync(gateway);
    }

    [Fact]
    public async Task A_device_hears_nothing_of_its_gateway_nor_of_its_neighbour()
    {
        await using var edge = await StartAsync();
        using var child = await edge.ConnectAsync("c1", isVersion5: true);
        Assert.Equal([0x87, 0x87, 1], await SubscribeAsync(child, "sc/v1/340104/d1/cmd/#", "sc/v1/340104/c2/error", "sc/v1/340104/+/error"));
        using var gateway = await edge.ConnectAsync(isVersion5: true);
        Assert.Equal([1], await SubscribeAsync(gateway, "sc/v1/340104/+/error"));
        foreach (var topic in new[] { "sc/v1/340104/d1/telemetry", "sc/v1/340104/c2/telemetry" })
        {
            await gateway.SendAsync(Packets.Publish(topic, """{"values":{"pm26":1}}""", isVersion5: true));
            _ = await NextErrorAsync(gateway);
        }

        await IsSilentAsync(child);
    }

    // Seen to fail when a change of the directory leaves the filters as they are.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_filters_on_a_device_that_is_taken_away_or_revoked_end_within_five_seconds_and_the_others_stand(bool isRevoked)
    {
        await using var edge = await StartAsync();
        using var gateway = await edge.ConnectAsync(isVersion5: true);
        Assert.Equal([1, 1, 1], await SubscribeAsync(gateway, Commands, Errors, "sc/v1/340104/c2/cmd/#"));
        edge.Commands.Issue("c1", "x");
        var sent = DownPublish.Of(await gateway.NextAsync());
        Assert.Equal(2, edge.Links.HeardCount);
        var began = Stopwatch.GetTimestamp();
        if (isRevoked)
        {
            edge.Directory.Revoke("c1");
        }
        else
        {
            edge.Directory.Attach("c1", "d3");
        }

        await MqttEdge.UntilAsync(() => edge.Links.HeardCount == 1);
        await MqttEdge.UntilAsync(() => !edge.Links.Hears(FakeDirectory.District, DeviceId.Parse("c1"), Errors, DeviceId.Parse("d1")));
        Assert.True(Stopwatch.GetElapsedTime(began) < DropMax);

        // The one on its way counts, the next one stays: nobody carries it.
        await gateway.SendAsync(Packets.Acknowledge(RawMqtt.PubAck, sent.PacketId));
        edge.Commands.Issue("c1", "y");
        edge.Commands.Issue("c2", "z");
        Assert.EndsWith("/c2/cmd/z", DownPublish.Of(await gateway.NextAsync()).Topic, StringComparison.Ordinal);
        Assert.Equal([0x87], await SubscribeAsync(gateway, Commands));
        await gateway.SendAsync(Packets.Unsubscribe5(3, Errors));
        Assert.Equal(0x11, (await gateway.NextAsync()).Body[3]);
        Assert.Equal(CommandState.Issued, edge.Commands.StateOf("c1", "y"));
    }

    [Fact]
    public async Task A_device_taken_away_while_the_gateway_subscribes_is_not_heard_afterwards()
    {
        await using var edge = await StartAsync();
        using var gateway = await edge.ConnectAsync(isVersion5: true);
        for (var i = 0; i < 100; i++)
        {
            edge.Directory.Attach("c1", "d1");
            var finds = edge.Directory.Finds;
            var subscribing = SubscribeAsync(gateway, Commands, Errors);
            SpinWait.SpinUntil(() => edge.Directory.Finds > finds, DropMax);
            edge.Directory.Attach("c1", null);
            await subscribing;
            await IsSilentAsync(gateway);
            await MqttEdge.UntilAsync(() => edge.Links.HeardCount == 0 && !edge.Links.Hears(FakeDirectory.District, DeviceId.Parse("c1"), Errors, DeviceId.Parse("d1")));
        }

        edge.Commands.Issue("c1", "x");
        await IsSilentAsync(gateway);
    }

    [Fact]
    public async Task A_device_put_behind_a_gateway_can_be_heard_from_the_next_SUBSCRIBE_on()
    {
        await using var edge = await StartAsync();
        using var gateway = await edge.ConnectAsync(isVersion5: true);
        Assert.Equal([0x87], await SubscribeAsync(gateway, "sc/v1/340104/d2/cmd/#"));
        edge.Directory.Attach("d2", "d1");
        edge.Commands.Issue("d2", "x");
        Assert.Equal([1], await SubscribeAsync(gateway, "sc/v1/340104/d2/cmd/#"));
        Assert.EndsWith("/d2/cmd/x", DownPublish.Of(await gateway.NextAsync()).Topic, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_one_filter_for_all_errors_follows_the_devices_behind_the_gateway()
    {
        await using var edge = await StartAsync();
        using var gateway = await edge.ConnectAsync(isVersion5: true);
        Assert.Equal([1], await SubscribeAsync(gateway, "sc/v1/340104/+/error"));
        edge.Directory.Attach("d2", "d1");
        await gateway.SendAsync(Packets.Publish("sc/v1/340104/d2/telemetry", """{"id":"later","values":{"pm26":1}}""", qos: 0, isVersion5: true));
        Assert.Contains("\"id\":\"later\"", await NextErrorAsync(gateway), StringComparison.Ordinal);
        edge.Directory.Attach("d2", null);
        using var other = await edge.ConnectAsync("d2", isVersion5: true);
        Assert.Equal([1], await SubscribeAsync(other, "sc/v1/340104/d2/error"));
        await other.SendAsync(Packets.Publish("sc/v1/340104/d2/telemetry", """{"values":{"pm26":1}}""", isVersion5: true));
        _ = await NextErrorAsync(other);
        await IsSilentAsync(gateway);
    }

    [Fact]
    public async Task Unsubscribing_ends_it()
    {
        await using var edge = await StartAsync();
        using var gateway = await edge.ConnectAsync(isVersion5: true);
        Assert.Equal([1, 1], await SubscribeAsync(gateway, Commands, Errors));
        await gateway.SendAsync(Packets.Unsubscribe5(3, Commands));
        Assert.Equal(0, (await gateway.NextAsync()).Body[3]);
        Assert.Equal(1, edge.Links.HeardCount);
        edge.Commands.Issue("c1", "x");
        await IsSilentAsync(gateway);
        await gateway.SendAsync(Packets.Unsubscribe5(4, Errors));
        Assert.Equal(0, (await gateway.NextAsync()).Body[3]);
        Assert.Equal(0, edge.Links.HeardCount);
    }

    [Fact]
    public async Task A_SUBSCRIBE_that_waits_for_a_look_up_is_answered_in_its_turn()
    {
        await using var edge = await StartAsync();
        using var gateway = await edge.ConnectAsync(isVersion5: true);
        await gateway.SendAsync(Packets.Ping, Packets.Subscribe(2, true, (Commands, 1), (Errors, 0)), Packets.Ping, Packets.Subscribe(3, true, ("sc/v1/340104/c2/error", 2)));
        foreach (var type in new[] { RawMqtt.PingResp, RawMqtt.SubAck, RawMqtt.PingResp, RawMqtt.SubAck })
        {
            Assert.Equal(type, (await gateway.NextAsync()).Type);
        }
    }

    [Fact]
    public async Task Filters_on_the_devices_behind_a_gateway_have_their_own_limit()
    {
        var filtersMax = new MqttEdgeOptions().GatewayFiltersMax;
        Assert.Equal(1_024, filtersMax);
        await using var edge = await StartAsync();
        var names = Enumerable.Range(0, filtersMax + 2).Select(i => "n" + i).ToArray();
        foreach (var name in names)
        {
            edge.Directory.Add(name, gateway: "d1");
        }

        using var gateway = await edge.ConnectAsync(isVersion5: true);
        var codes = await SubscribeAsync(gateway, [.. names.Select(n => $"sc/v1/340104/{n}/error")]);
        Assert.All(codes[..filtersMax], c => Assert.Equal(1, c));
        Assert.Equal([0x97, 0x97], codes[filtersMax..]);
        Assert.Equal([0x97, 1, 1], await SubscribeAsync(gateway, $"sc/v1/340104/{names[^1]}/error", "sc/v1/340104/n0/error", "sc/v1/340104/d1/error"));
        await gateway.SendAsync(Packets.Unsubscribe5(3, "sc/v1/340104/n0/error"));
        Assert.Equal(0, (await gateway.NextAsync()).Body[3]);
        Assert.Equal([1, 0x97], await SubscribeAsync(gateway, $"sc/v1/340104/{names[^1]}/error", "sc/v1/340104/n0/error"));
    }

    [Fact]
    public async Task A_reply_published_by_the_gateway_is_the_devices_own()
    {
        await using var edge = await StartAsync();
        using var gateway = await edge.ConnectAsync(isVersion5: true);
        await gateway.SendAsync(Packets.Publish("sc/v1/340104/c1/cmd/x/reply", """{"done":true}""", 5, isVersion5: true));
        Assert.Equal((RawMqtt.PubAck, 5, 0), (await gateway.NextAsync()) is var ack ? (ack.Type, ack.PacketId, ack.Code) : default);
        Assert.True(edge.Ingest.Taken.TryDequeue(out var reply));
        Assert.Equal(("c1", MessageKind.CommandReply, "x", """{"done":true}"""), (reply.Device.ToString(), reply.Kind, reply.MessageId, reply.Body));
        await gateway.SendAsync(Packets.Publish("sc/v1/340104/d2/cmd/x/reply", """{"done":true}""", 6, isVersion5: true));
        Assert.Equal(0x87, (await gateway.NextAsync()).Code);
        Assert.Empty(edge.Ingest.Taken);
    }

    [Fact]
    public async Task A_client_of_MQTT_3_1_1_hears_the_same()
    {
        await using var edge = await StartAsync();
        using var gateway = await edge.ConnectAsync();
        await gateway.SendAsync(Packets.Subscribe(2, false, (Commands, 1), ("sc/v1/340104/d2/cmd/#", 1)));
        Assert.Equal([1, 0x80], (await gateway.NextAsync()).Body[2..]);
        edge.Commands.Issue("c1", "x");
        Assert.Equal("sc/v1/340104/c1/cmd/x", DownPublish.Of(await gateway.NextAsync(), isVersion5: false).Topic);
    }

    private static async Task<MqttEdge> StartAsync()
    {
        var edge = await MqttEdge.StartAsync();
        edge.Directory.Add("c1", gateway: "d1");
        edge.Directory.Add("c2", gateway: "d1");
        return edge;
    }

    /// <summary>The codes of the SUBACK.</summary>
    private static async Task<byte[]> SubscribeAsync(RawMqtt client, params string[] filters)
    {
        await client.SendAsync(Packets.Subscribe(2, true, [.. filters.Select(f => (f, (byte)1))]));
        var answer = await client.NextAsync();
        Assert.Equal(RawMqtt.SubAck, answer.Type);
        return answer.Body[3..];
    }

    /// <summary>The payload of the next message on an error topic; acknowledgements in between are let pass.</summary>
    private static async Task<string> NextErrorAsync(RawMqtt client)
    {
        while (true)
        {
            var answer = await client.NextAsync();
            if (answer.Type == (int)PacketType.Publish)
            {
                var sent = DownPublish.Of(answer);
                Assert.EndsWith("/error", sent.Topic, StringComparison.Ordinal);
                return sent.Payload;
            }
        }
    }

    /// <summary>Nothing has been sent to this client: the answer to a ping is next.</summary>
    private static async Task IsSilentAsync(RawMqtt client)
    {
        await client.SendAsync(Packets.Ping);
        Assert.Equal(RawMqtt.PingResp, (await client.NextAsync()).Type);
    }
}
