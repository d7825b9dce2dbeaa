using SmartCommunity.Domain.Refusals;
using SmartCommunity.Domain.Twins;
using SmartCommunity.Mqtt.Topics;
using Xunit;

namespace SmartCommunity.Edge.Tests.Mqtt;

/// <summary>d1 is the gateway; c1 and c2 hang behind it, d2 does not.</summary>
public sealed class GatewayTests
{
    private const string Pack = TopicGrammar.Gateway;

    [Theory]
    [InlineData("telemetry", """{"values":{"pm25":1}}""", MessageKind.Telemetry)]
    [InlineData("event", """{"id":"e","event":"smoke"}""", MessageKind.Event)]
    [InlineData("report", """{"id":"r","text":"x"}""", MessageKind.Report)]
    [InlineData("state", """{"online":true}""", MessageKind.State)]
    public async Task A_gateway_speaks_on_the_topics_of_its_devices(string leaf, string payload, MessageKind kind)
    {
        await using var edge = await StartAsync();
        using var gateway = await edge.ConnectAsync(isVersion5: true);
        await gateway.SendAsync(Packets.Publish($"sc/v1/340104/c1/{leaf}", payload, isVersion5: true));
        Assert.Equal((RawMqtt.PubAck, 0), Ack(await gateway.NextAsync()));
        Assert.True(edge.Ingest.Taken.TryDequeue(out var message));
        Assert.Equal(("c1", kind, null), (message.Device.ToString(), message.Kind, message.Rejected?.Code));
    }

    [Theory]
    [InlineData("sc/v1/340104/d2/telemetry", 0x87)]
    [InlineData("sc/v1/340104/nobody/telemetry", 0x87)]
    [InlineData("sc/v1/340111/c1/telemetry", 0x87)]
    [InlineData("sc/v1/340104/c1/error", 0x87)]
    public async Task It_does_not_speak_on_the_topics_of_others(string topic, int code)
    {
        await using var edge = await StartAsync();
        using var gateway = await edge.ConnectAsync(isVersion5: true);
        await gateway.SendAsync(Packets.Publish(topic, """{"values":{"pm25":1}}""", isVersion5: true));
        Assert.Equal((RawMqtt.PubAck, code), Ack(await gateway.NextAsync()));
        Assert.Equal(0, edge.Ingest.Posts);
    }

    [Fact]
    public async Task A_device_does_not_speak_for_its_gateway_nor_for_its_neighbour()
    {
        await using var edge = await StartAsync();
        using var child = await edge.ConnectAsync("c1", isVersion5: true);
        foreach (var (topic, id) in new[] { ("sc/v1/340104/d1/telemetry", (ushort)1), ("sc/v1/340104/c2/telemetry", (ushort)2) })
        {
            await child.SendAsync(Packets.Publish(topic, """{"values":{"pm25":1}}""", id, isVersion5: true));
            Assert.Equal((RawMqtt.PubAck, 0x87), Ack(await child.NextAsync()));
        }
    }

    [Fact]
    public async Task A_packet_for_several_devices_reaches_each_of_them()
    {
        await using var edge = await StartAsync();
        using var gateway = await edge.ConnectAsync(isVersion5: true);
        await gateway.SendAsync(Packets.Publish(
            Pack, """{"c1":[{"ts":1732000000000,"values":{"pm25":1}},{"ts":1732000000001,"pm25":2}],"c2":{"temperature":3}}""", isVersion5: true));
        Assert.Equal((RawMqtt.PubAck, 0), Ack(await gateway.NextAsync()));
        Assert.Equal(
            [("c1", 1_732_000_000_000, 1), ("c1", 1_732_000_000_001, 2), ("c2", null, 3)],
            edge.Ingest.Taken.Select(m => (m.Device.ToString(), m.AtMs, m.Values[0].Value)));
    }

    [Fact]
    public async Task A_device_that_is_not_behind_it_is_quarantined_under_the_gateway_and_the_others_are_taken()
    {
        await using var edge = await StartAsync();
        using var gateway = await edge.ConnectAsync(isVersion5: true);
        await gateway.SendAsync(Packets.Publish(
            Pack, """{"c1":{"pm25":1},"d2":{"pm25":1},"no body":[{"pm25":1}],"c2":[{"pm25":1},{"pm26":1},7]}""", isVersion5: true));
        Assert.Equal((RawMqtt.PubAck, 0x99), Ack(await gateway.NextAsync()));
        Assert.Equal(
            [("c1", null, null), ("d1", RefusalCode.NotFound, "d2"), ("d1", RefusalCode.NotFound, "no body"), ("c2", null, null), ("c2", RefusalCode.UnknownMetric, "c2[1].values.pm26"), ("c2", RefusalCode.WrongShape, "c2[2]")],
            edge.Ingest.Taken.Select(m => (m.Device.ToString(), m.Rejected?.Code, m.Rejected?.Field)));
    }

    [Theory]
    [InlineData("[]", "")]
    [InlineData("{}", "")]
    [InlineData("""{"c1":7}""", "c1")]
    [InlineData("""{"c1":[]}""", "c1")]
    [InlineData("""{"c1":{"pm25":1},"c1":{"pm25":2}}""", "c1")]
    [InlineData("""{"c1":""", "byte 6")]
    public async Task A_packet_of_another_shape_is_quarantined_under_the_gateway(string payload, string field)
    {
        await using var edge = await StartAsync();
        using var gateway = await edge.ConnectAsync(isVersion5: true);
        await gateway.SendAsync(Packets.Publish(Pack, payload, isVersion5: true));
        Assert.Equal((RawMqtt.PubAck, 0x99), Ack(await gateway.NextAsync()));
        Assert.Equal(("d1", field), edge.Ingest.Taken.Select(m => (m.Device.ToString(), m.Rejected?.Field)).Single());
    }

    [Theory]
    [InlineData(1000, 0)]
    [InlineData(1001, 0x99)]
    public async Task A_packet_holds_at_most_a_thousand_messages_over_all_devices(int count, int code)
    {
        await using var edge = await StartAsync();
        using var gateway = await edge.ConnectAsync(isVersion5: true);
        var half = string.Join(',', Enumerable.Range(0, 500).Select(i => "{\"seq\":" + i + ",\"pm25\":1}"));
        var rest = string.Join(',', Enumerable.Range(0, count - 500).Select(i => "{\"seq\":" + i + ",\"pm25\":1}"));
        await gateway.SendAsync(Packets.Publish(Pack, "{\"c1\":[" + half + "],\"c2\":[" + rest + "]}", isVersion5: true));
        Assert.Equal((RawMqtt.PubAck, code), Ack(await gateway.NextAsync()));
    }

    [Fact]
    public async Task It_is_acknowledged_only_when_the_messages_of_all_devices_are_durable()
    {
        await using var edge = await StartAsync();
        using var gateway = await edge.ConnectAsync(isVersion5: true);
        edge.Ingest.Holds = true;
        await gateway.SendAsync(Packets.Publish(Pack, """{"c1":{"pm25":1},"c2":[{"pm25":1},{"pm25":2}]}""", isVersion5: true), Packets.Ping);
        await MqttEdge.UntilAsync(() => edge.Ingest.HeldCount == 3);
        Assert.Equal(RawMqtt.PingResp, (await gateway.NextAsync()).Type);
        edge.Ingest.Release(2);
        await gateway.SendAsync(Packets.Ping);
        Assert.Equal(RawMqtt.PingResp, (await gateway.NextAsync()).Type);
        edge.Ingest.Release(1);
        Assert.Equal((RawMqtt.PubAck, 0), Ack(await gateway.NextAsync()));
    }

    [Fact]
    public async Task A_device_taken_from_behind_it_is_refused_from_the_next_packet_on_and_one_put_there_is_taken()
    {
        await using var edge = await StartAsync();
        using var gateway = await edge.ConnectAsync(isVersion5: true);
        Assert.Equal(0, await SendAsync("c1", 1));
        Assert.Equal(0x87, await SendAsync("d2", 2));
        edge.Directory.Attach("c1", null);
        edge.Directory.Attach("d2", "d1");
        Assert.Equal(0x87, await SendAsync("c1", 3));
        Assert.Equal(0, await SendAsync("d2", 4));

        async Task<int> SendAsync(string device, ushort id)
        {
            await gateway.SendAsync(Packets.Publish($"sc/v1/340104/{device}/telemetry", "{\"seq\":" + id + ",\"values\":{\"pm25\":1}}", id, isVersion5: true));
            return Ack(await gateway.NextAsync()).Code;
        }
    }

    [Fact]
    public async Task What_was_looked_up_is_kept_and_order_is_kept_with_it()
    {
        await using var edge = await StartAsync();
        using var gateway = await edge.ConnectAsync(isVersion5: true);
        var packets = Enumerable.Range(0, 100).Select(i => Packets.Publish(
            i % 3 == 0 ? Pack : $"sc/v1/340104/c{1 + (i % 2)}/telemetry",
            i % 3 == 0 ? $$$"""{"c1":{"seq":{{{i}}},"pm25":1},"c2":{"seq":{{{i}}},"pm25":1}}""" : $$$"""{"seq":{{{i}}},"values":{"pm25":1}}""",
            (ushort)(i + 1),
            isVersion5: true));
        await gateway.SendAsync([.. packets]);
        foreach (var id in Enumerable.Range(1, 100))
        {
            Assert.Equal(id, (await gateway.NextAsync()).PacketId);
        }

        Assert.Equal(2, edge.Directory.Finds);
        foreach (var device in edge.Ingest.Taken.GroupBy(m => m.Device))
        {
            Assert.Equal(device.Select(m => m.Sequence).Order(), device.Select(m => m.Sequence));
        }
    }

    [Fact]
    public async Task The_shared_cache_starts_anew_beyond_its_limit()
    {
        Assert.Equal(65_536, SmartCommunity.Mqtt.Links.ChildRoutes.EntriesMax);
        using var routes = new SmartCommunity.Mqtt.Links.ChildRoutes(new FakeDirectory());
        var names = Enumerable.Range(0, SmartCommunity.Mqtt.Links.ChildRoutes.EntriesMax + 1).Select(i => "x" + i);
        await routes.FindAsync("340104", names, TestContext.Current.CancellationToken);
        await routes.FindAsync("340104", ["y"], TestContext.Current.CancellationToken);
        Assert.Equal(1, routes.Count);
    }

    private static async Task<MqttEdge> StartAsync()
    {
        var edge = await MqttEdge.StartAsync();
        edge.Directory.Add("c1", gateway: "d1");
        edge.Directory.Add("c2", gateway: "d1");
        return edge;
    }

    private static (int Type, int Code) Ack(Answer answer) => (answer.Type, answer.Code);
}
