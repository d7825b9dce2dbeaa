using System.Text;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Mqtt;
using SmartCommunity.Mqtt.Links;
using Xunit;

namespace SmartCommunity.Edge.Tests.Mqtt;

/// <summary>What MQTT 5 promises a device: on the way down, and when something goes wrong.</summary>
public sealed class FlowTests
{
    private const string Commands = "sc/v1/340104/d1/cmd/#";
    private const string Command = "sc/v1/340104/d1/cmd/1";

    [Fact]
    public async Task Never_more_than_the_clients_receive_maximum_are_unacknowledged()
    {
        await using var edge = await MqttEdge.StartAsync();
        using var device = await ListenAsync(edge, [0x21, 0, 2]);
        Tell(edge, "a", "b", "c");
        var first = DownPublish.Of(await device.NextAsync());
        Assert.Equal("b", DownPublish.Of(await device.NextAsync()).Payload);
        await device.SendAsync(Packets.Ping);
        Assert.Equal(RawMqtt.PingResp, (await device.NextAsync()).Type);
        await device.SendAsync(Packets.Acknowledge(RawMqtt.PubAck, first.PacketId));
        Assert.Equal("c", DownPublish.Of(await device.NextAsync()).Payload);
    }

    [Fact]
    public async Task A_qos_2_message_is_released_and_counts_until_its_pubcomp()
    {
        await using var edge = await MqttEdge.StartAsync();
        using var device = await ListenAsync(edge, [0x21, 0, 1], qos: 2);
        var fates = new List<DownFate>();
        edge.Links.Tell(FakeDirectory.District, DeviceId.Parse("d1"), new DownMessage(Command, "a"u8.ToArray()) { Qos = 2, Receipt = (f, _) => fates.Add(f) });
        Tell(edge, "b");
        var first = DownPublish.Of(await device.NextAsync());
        Assert.Equal(2, first.Qos);
        await device.SendAsync(Packets.Acknowledge(RawMqtt.PubRec, first.PacketId));
        Assert.Equal((0x62, first.PacketId), await device.NextAsync() is var release ? (release.Header, release.PacketId) : default);
        Assert.Empty(fates);
        await device.SendAsync(Packets.Acknowledge(RawMqtt.PubComp, first.PacketId));
        Assert.Equal("b", DownPublish.Of(await device.NextAsync()).Payload);
        Assert.Equal([DownFate.Acknowledged], fates);
    }

    [Fact]
    public async Task A_message_that_expired_before_it_could_be_written_is_dropped_and_its_sender_told()
    {
        await using var edge = await MqttEdge.StartAsync();
        using var device = await ListenAsync(edge, []);
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        var fates = new List<DownFate>();
        edge.Links.Tell(FakeDirectory.District, DeviceId.Parse("d1"), new DownMessage(Command, "late"u8.ToArray()) { ExpiresAtMs = now - 1, Receipt = (f, _) => fates.Add(f) });
        edge.Links.Tell(FakeDirectory.District, DeviceId.Parse("d1"), new DownMessage(Command, "in time"u8.ToArray()) { ExpiresAtMs = now + 60_000 });
        var heard = DownPublish.Of(await device.NextAsync());
        Assert.Equal("in time", heard.Payload);
        Assert.InRange(heard.Number(0x02)!.Value, 30u, 60u);
        Assert.Equal([DownFate.Expired], fates);
    }

    [Fact]
    public async Task A_packet_larger_than_the_client_takes_is_dropped_and_the_next_one_comes()
    {
        await using var edge = await MqttEdge.StartAsync();
        using var device = await ListenAsync(edge, [0x27, 0, 0, 0, 64]);
        var fates = new List<DownFate>();
        edge.Links.Tell(FakeDirectory.District, DeviceId.Parse("d1"), new DownMessage(Command, new byte[64]) { Receipt = (f, _) => fates.Add(f) });
        Tell(edge, "small");
        Assert.Equal("small", DownPublish.Of(await device.NextAsync()).Payload);
        Assert.Equal([DownFate.TooLarge], fates);
    }

    [Fact]
    public async Task A_client_that_takes_topic_aliases_gets_the_topic_once()
    {
        await using var edge = await MqttEdge.StartAsync();
        using var device = await ListenAsync(edge, [0x22, 0, 1]);
        Tell(edge, "a", "b");
        var (first, second) = (DownPublish.Of(await device.NextAsync()), DownPublish.Of(await device.NextAsync()));
        Assert.Equal((Command, 1u), (first.Topic, first.Number(0x23)!.Value));
        Assert.Equal((string.Empty, 1u), (second.Topic, second.Number(0x23)!.Value));
    }

    [Fact]
    public async Task Messages_carry_the_identifier_of_the_subscription_and_at_most_its_qos()
    {
        await using var edge = await MqttEdge.StartAsync();
        using var device = await edge.ConnectAsync(isVersion5: true);
        await device.SendAsync(Packets.Subscribe(1, [0x0B, 7], (Commands, 0)), Packets.Subscribe(2, [0x0B, 8], ("sc/v1/340104/d1/cmd/+", 1)));
        await device.NextAsync();
        await device.NextAsync();
        Tell(edge, "a");
        var heard = DownPublish.Of(await device.NextAsync());
        Assert.Equal(1, heard.Qos);
        Assert.Equal([7, 8], heard.SubscriptionIds.Order());
    }

    [Fact]
    public async Task What_is_unacknowledged_at_the_end_of_a_device_connection_is_told_as_lost()
    {
        await using var edge = await MqttEdge.StartAsync();
        var fate = new TaskCompletionSource<DownFate>(TaskCreationOptions.RunContinuationsAsynchronously);
        using (var device = await ListenAsync(edge, []))
        {
            edge.Links.Tell(FakeDirectory.District, DeviceId.Parse("d1"), new DownMessage(Command, "a"u8.ToArray()) { Receipt = (f, _) => fate.TrySetResult(f) });
            await device.NextAsync();
        }

        Assert.Equal(DownFate.Lost, await fate.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task At_most_1000_messages_wait_for_a_client()
    {
        await using var edge = await MqttEdge.StartAsync();
        using var device = await ListenAsync(edge, [0x21, 0, 1]);
        Tell(edge, "first");
        await device.NextAsync();
        var taken = Enumerable.Range(0, 1_001).Sum(_ => edge.Links.Tell(FakeDirectory.District, DeviceId.Parse("d1"), new DownMessage(Command, "x"u8.ToArray())));
        Assert.Equal(1_000, taken);
    }

    [Fact]
    public async Task At_most_one_mebibyte_waits_for_a_client()
    {
        await using var edge = await MqttEdge.StartAsync();
        using var device = await ListenAsync(edge, [0x21, 0, 1]);
        Tell(edge, "first");
        await device.NextAsync();
        var taken = Enumerable.Range(0, 5).Sum(_ => edge.Links.Tell(FakeDirectory.District, DeviceId.Parse("d1"), new DownMessage(Command, new byte[256 * 1024])));
        Assert.Equal(4, taken);
    }

    [Fact]
    public async Task A_version_5_client_beyond_our_receive_maximum_is_told_0x93()
    {
        await using var edge = await MqttEdge.StartAsync();
        edge.Ingest.Holds = true;
        using var device = await edge.ConnectAsync(isVersion5: true);
        for (var i = 1; i <= 257; i++)
        {
            await device.SendAsync(Packets.Publish(Packets.Topic, "{\"id\":\"m" + i + "\",\"values\":{\"pm25\":1}}", (ushort)i, isVersion5: true));
        }

        var last = await device.ReadToEndAsync();
        Assert.Equal((RawMqtt.Disconnect, 0x93), (last!.Type, last.Body[0]));
        Assert.Equal(256, edge.Ingest.Posts);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_refusal_says_why_unless_the_client_does_not_want_to_know(bool wantsToKnow)
    {
        await using var edge = await MqttEdge.StartAsync();
        using var device = await ConnectAsync(edge, wantsToKnow ? [] : [0x17, 0]);
        await device.SendAsync(Packets.Publish(Packets.Topic, """{"values":{"pm26":1}}""", 1, isVersion5: true));
        var refused = await device.NextAsync();
        Assert.Equal((RawMqtt.PubAck, 0x99), (refused.Type, refused.Code));
        Assert.Equal(wantsToKnow, Encoding.UTF8.GetString(refused.Body).Contains("values.pm26: ", StringComparison.Ordinal));
        await device.SendAsync(Packets.Publish([], "{}"u8.ToArray(), 2, 1, [0x23, 0, 9]));
        var end = await device.ReadToEndAsync();
        Assert.Equal((RawMqtt.Disconnect, 0x94), (end!.Type, end.Body[0]));
        Assert.Equal(wantsToKnow, end.Body.Length > 2);
    }

    [Theory]
    [InlineData(300, 60)]
    [InlineData(0, 60)]
    [InlineData(60, null)]
    public async Task A_version_5_client_is_told_the_longest_keep_alive(ushort asked, int? told)
    {
        await using var edge = await MqttEdge.StartAsync(new MqttEdgeOptions { KeepAliveSecondsMax = 60 });
        using var client = await edge.OpenAsync();
        await client.SendAsync(Packets.Connect("d1", "token-d1", isVersion5: true, keepAlive: asked));
        var body = (await client.NextAsync()).Body;
        var at = body.AsSpan(3).IndexOf((byte[])[0x13, 0, 60]);
        Assert.Equal(told is not null, at >= 0);
    }

    [Fact]
    public async Task A_device_that_asks_for_a_lasting_session_is_told_that_there_is_none()
    {
        await using var edge = await MqttEdge.StartAsync();
        using var client = await edge.OpenAsync();
        await client.SendAsync(Packets.Connect("d1", "token-d1", isVersion5: true, clean: false, properties: [0x11, 0, 0, 0xFF, 0xFF]));
        var body = (await client.NextAsync()).Body;
        Assert.Equal([0, 0], body[..2]);
        Assert.True(body.AsSpan(3).IndexOf((byte[])[0x11, 0, 0, 0, 0]) >= 0);
    }

    [Fact]
    public async Task Enhanced_authentication_is_refused_and_an_auth_packet_closes()
    {
        await using var edge = await MqttEdge.StartAsync();
        using var client = await edge.OpenAsync();
        await client.SendAsync(Packets.Connect("d1", "token-d1", isVersion5: true, properties: [0x15, .. Packets.Text("SCRAM")]));
        Assert.Equal(0x8C, (await client.NextAsync()).Body[1]);
        using var other = await edge.ConnectAsync(isVersion5: true);
        await other.SendAsync(Packets.Frame(0xF0, []));
        Assert.Equal(0x82, (await other.ReadToEndAsync())!.Body[0]);
    }

    [Fact]
    public async Task An_unsubscribe_answers_a_code_a_filter()
    {
        await using var edge = await MqttEdge.StartAsync();
        using var device = await ListenAsync(edge, []);
        await device.SendAsync(Packets.Unsubscribe5(3, Commands), Packets.Unsubscribe5(4, Commands));
        Assert.Equal([0, 3, 0, 0], (await device.NextAsync()).Body);
        Assert.Equal([0, 4, 0, 0x11], (await device.NextAsync()).Body);
        Assert.Equal(0, edge.Links.Tell(FakeDirectory.District, DeviceId.Parse("d1"), new DownMessage(Command, "x"u8.ToArray())));
    }

    [Theory]
    [InlineData(0x00, 0)]
    [InlineData(0x04, 1)]
    public async Task A_disconnect_with_will_publishes_the_will(byte code, int wills)
    {
        await using var edge = await MqttEdge.StartAsync();
        using var device = await edge.ConnectAsync(isVersion5: true, willTopic: "sc/v1/340104/d1/state");
        await device.SendAsync(Packets.DisconnectWith(code));
        await device.ReadToEndAsync();
        await MqttEdge.UntilAsync(() => edge.Metrics.Connections == 0);
        Assert.Equal(wills, edge.Ingest.Posts);
    }

    [Fact]
    public async Task A_will_is_not_delayed_because_a_device_session_ends_with_its_connection()
    {
        await using var edge = await MqttEdge.StartAsync();
        using (var device = await edge.OpenAsync())
        {
            await device.SendAsync(Packets.Connect("d1", "token-d1", isVersion5: true, willTopic: "sc/v1/340104/d1/state", willProperties: [0x18, 0, 0, 0xFF, 0xFF]));
            await device.NextAsync();
        }

        await MqttEdge.UntilAsync(() => edge.Ingest.Posts == 1);
    }

    private static void Tell(MqttEdge edge, params string[] payloads)
    {
        foreach (var payload in payloads)
        {
            Assert.Equal(1, edge.Links.Tell(FakeDirectory.District, DeviceId.Parse("d1"), new DownMessage(Command, Encoding.UTF8.GetBytes(payload))));
        }
    }

    private static async Task<RawMqtt> ConnectAsync(MqttEdge edge, byte[] properties)
    {
        var client = await edge.OpenAsync();
        await client.SendAsync(Packets.Connect("d1", "token-d1", isVersion5: true, properties: properties));
        Assert.Equal(0, (await client.NextAsync()).Body[1]);
        return client;
    }

    private static async Task<RawMqtt> ListenAsync(MqttEdge edge, byte[] properties, byte qos = 1)
    {
        var client = await ConnectAsync(edge, properties);
        await client.SendAsync(Packets.Subscribe(1, true, (Commands, qos)));
        Assert.Equal(RawMqtt.SubAck, (await client.NextAsync()).Type);
        return client;
    }
}
