using Xunit;

namespace SmartCommunity.Edge.Tests.Mqtt;

public sealed class AcknowledgementTests
{
    private static string Reading(int id) => "{\"id\":\"m" + id + "\",\"ts\":1732000000000,\"values\":{\"pm25\":" + (id % 100) + "}}";

    [Fact]
    public async Task A_reading_is_acknowledged()
    {
        await using var edge = await MqttEdge.StartAsync();
        using var device = await edge.ConnectAsync();
        await device.SendAsync(Packets.Publish(Packets.Topic, Reading(1), 7));
        var answer = await device.NextAsync();
        Assert.Equal((RawMqtt.PubAck, 7, 0), (answer.Type, answer.PacketId, answer.Code));
        Assert.Equal(1, edge.Ingest.Effects);
    }

    // Seen to fail when the ring's slot opens with nothing remaining, as if the commit were done.
    [Fact]
    public async Task Nothing_is_acknowledged_before_it_is_durable()
    {
        await using var edge = await MqttEdge.StartAsync();
        edge.Ingest.Holds = true;
        using var device = await edge.ConnectAsync();
        await device.SendAsync(Packets.Publish(Packets.Topic, Reading(1)));

        // Each answer is behind the PUBLISH; a PUBACK that left too early would come among them.
        for (var ping = 0; ping < 50; ping++)
        {
            await device.SendAsync(Packets.Ping);
            Assert.Equal(RawMqtt.PingResp, (await device.NextAsync()).Type);
        }

        edge.Ingest.ReleaseAllBackwards();
        Assert.Equal(RawMqtt.PubAck, (await device.NextAsync()).Type);
    }

    [Fact]
    public async Task Acknowledgements_leave_in_the_order_of_the_publishes()
    {
        await using var edge = await MqttEdge.StartAsync();
        edge.Ingest.Holds = true;
        using var device = await edge.ConnectAsync(isVersion5: true);
        for (var i = 1; i <= 256; i++)
        {
            await device.SendAsync(Packets.Publish(Packets.Topic, Reading(i), (ushort)i, isVersion5: true));
        }

        await MqttEdge.UntilAsync(() => edge.Ingest.HeldCount == 256);
        edge.Ingest.ReleaseAllBackwards();
        for (var i = 1; i <= 256; i++)
        {
            Assert.Equal(i, (await device.NextAsync()).PacketId);
        }
    }

    [Fact]
    public async Task A_full_ring_stops_the_reading()
    {
        await using var edge = await MqttEdge.StartAsync();
        edge.Ingest.Holds = true;
        using var device = await edge.ConnectAsync();
        await device.SendAsync([.. Enumerable.Range(1, 300).Select(i => Packets.Publish(Packets.Topic, Reading(i), (ushort)i))]);
        await MqttEdge.UntilAsync(() => edge.Ingest.HeldCount == 256);
        Assert.Equal(256, edge.Ingest.Posts);
        edge.Ingest.Release(10);
        await MqttEdge.UntilAsync(() => edge.Ingest.Posts == 266);
        edge.Ingest.ReleaseAllBackwards();
        for (var i = 1; i <= 300; i++)
        {
            Assert.Equal(i, (await device.NextAsync()).PacketId);
        }
    }

    [Fact]
    public async Task A_full_lane_stops_the_reading_and_loses_nothing()
    {
        await using var edge = await MqttEdge.StartAsync();
        edge.Ingest.IsFull = true;
        using var device = await edge.ConnectAsync();
        await device.SendAsync([.. Enumerable.Range(1, 50).Select(i => Packets.Publish(Packets.Topic, Reading(i), (ushort)i))]);
        await MqttEdge.UntilAsync(() => edge.Ingest.Posts == 0 && edge.Metrics.Connections == 1);
        edge.Ingest.IsFull = false;
        for (var i = 1; i <= 50; i++)
        {
            Assert.Equal(i, (await device.NextAsync()).PacketId);
        }

        Assert.Equal(50, edge.Ingest.Effects);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_store_that_fails_gets_no_acknowledgement_and_the_connection_ends(bool isVersion5)
    {
        await using var edge = await MqttEdge.StartAsync();
        edge.Ingest.Holds = true;
        using var device = await edge.ConnectAsync(isVersion5: isVersion5);
        await device.SendAsync([.. Enumerable.Range(1, 3).Select(i => Packets.Publish(Packets.Topic, Reading(i), (ushort)i, isVersion5: isVersion5))]);
        await MqttEdge.UntilAsync(() => edge.Ingest.HeldCount == 3);
        edge.Ingest.Release(1);
        edge.Ingest.Fails = true;
        edge.Ingest.Release(2);
        Assert.Equal(1, (await device.NextAsync()).PacketId);
        var last = await device.ReadToEndAsync();
        if (isVersion5)
        {
            Assert.Equal((RawMqtt.Disconnect, 0x89), (last!.Type, last.Body[0]));
        }
        else
        {
            Assert.Null(last);
        }
    }

    [Fact]
    public async Task After_the_store_has_failed_a_device_connects_and_its_publish_waits_until_it_is_durable()
    {
        await using var edge = await MqttEdge.StartAsync();
        edge.Ingest.Fails = true;
        using (var device = await edge.ConnectAsync())
        {
            await device.SendAsync(Packets.Publish(Packets.Topic, Reading(1)));
            Assert.Null(await device.ReadToEndAsync());
        }

        edge.Ingest.Fails = false;
        using var again = await edge.ConnectAsync();
        await again.SendAsync(Packets.Publish(Packets.Topic, Reading(1)));
        Assert.Equal(RawMqtt.PubAck, (await again.NextAsync()).Type);
        Assert.Equal(1, edge.Ingest.Effects);
    }

    [Fact]
    public async Task The_same_message_three_times_over_two_connections_has_one_effect_and_an_acknowledgement_each()
    {
        await using var edge = await MqttEdge.StartAsync();
        using var first = await edge.ConnectAsync(clientId: "a");
        using var second = await edge.ConnectAsync(clientId: "b");
        foreach (var device in new[] { first, second, first })
        {
            await device.SendAsync(Packets.Publish(Packets.Topic, Reading(1)));
            Assert.Equal(RawMqtt.PubAck, (await device.NextAsync()).Type);
        }

        Assert.Equal(1, edge.Ingest.Effects);
    }

    [Fact]
    public async Task The_same_id_with_another_payload_is_quarantined_and_the_first_stands()
    {
        await using var edge = await MqttEdge.StartAsync();
        using var device = await edge.ConnectAsync(isVersion5: true);
        await device.SendAsync(Packets.Publish(Packets.Topic, """{"id":"x","values":{"pm25":1}}""", 1, isVersion5: true));
        await device.SendAsync(Packets.Publish(Packets.Topic, """{"id":"x","values":{"pm25":2}}""", 2, isVersion5: true));
        Assert.Equal(0, (await device.NextAsync()).Code);
        Assert.Equal(0x99, (await device.NextAsync()).Code);
        Assert.Equal(1, edge.Ingest.Effects);
    }

    [Fact]
    public async Task A_qos_2_packet_sent_again_before_its_release_has_one_effect()
    {
        await using var edge = await MqttEdge.StartAsync();
        edge.Ingest.Holds = true;
        using var device = await edge.ConnectAsync();
        const string noKey = """{"values":{"pm25":1}}""";
        await device.SendAsync(Packets.Publish(Packets.Topic, noKey, 9, qos: 2), Packets.Publish(Packets.Topic, noKey, 9, qos: 2, duplicate: true), Packets.Ping);
        Assert.Equal(RawMqtt.PingResp, (await device.NextAsync()).Type);
        Assert.Equal(1, edge.Ingest.Posts);
        edge.Ingest.ReleaseAllBackwards();
        Assert.Equal((RawMqtt.PubRec, 9), ((await device.NextAsync()).Type, 9));
        Assert.Equal(RawMqtt.PubRec, (await device.NextAsync()).Type);
        await device.SendAsync(Packets.Release(9));
        Assert.Equal((RawMqtt.PubComp, 9), await device.NextAsync() is var done ? (done.Type, done.PacketId) : default);

        // Released: the id is free, the next packet under it is a new one.
        await device.SendAsync(Packets.Publish(Packets.Topic, """{"values":{"pm25":2}}""", 9, qos: 2));
        Assert.Equal(RawMqtt.PubRec, (await device.NextAsync()).Type);
        Assert.Equal(2, edge.Ingest.Posts);
    }

    [Fact]
    public async Task A_connection_holds_at_most_256_qos_2_packets_that_are_not_released()
    {
        await using var edge = await MqttEdge.StartAsync();
        using var device = await edge.ConnectAsync(isVersion5: true);
        for (var id = 1; id <= 256; id++)
        {
            await device.SendAsync(Packets.Publish(Packets.Topic, "{\"id\":\"q" + id + "\",\"values\":{\"pm25\":1}}", (ushort)id, qos: 2, isVersion5: true));
            Assert.Equal(RawMqtt.PubRec, (await device.NextAsync()).Type);
        }

        await device.SendAsync(Packets.Publish(Packets.Topic, """{"id":"beyond","values":{"pm25":1}}""", 257, qos: 2, isVersion5: true));
        var last = await device.ReadToEndAsync();
        Assert.Equal((RawMqtt.Disconnect, 0x93), (last!.Type, last.Body[0]));
        Assert.Equal(256, edge.Ingest.Posts);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_take_over_during_a_commit_leaves_one_effect_and_no_orphan_acknowledgement(bool isVersion5)
    {
        await using var edge = await MqttEdge.StartAsync();
        edge.Ingest.Holds = true;
        using var old = await edge.ConnectAsync(clientId: "same", isVersion5: isVersion5);
        await old.SendAsync(Packets.Publish(Packets.Topic, Reading(1), 5, isVersion5: isVersion5));
        await MqttEdge.UntilAsync(() => edge.Ingest.HeldCount == 1);
        using var young = await edge.ConnectAsync(clientId: "same", isVersion5: isVersion5);
        var last = await old.ReadToEndAsync();
        Assert.True(isVersion5 ? last is { Type: RawMqtt.Disconnect } && last.Body[0] == 0x8E : last is null);
        edge.Ingest.ReleaseAllBackwards();
        await young.SendAsync(Packets.Publish(Packets.Topic, Reading(1), 6, isVersion5: isVersion5));
        Assert.Equal(6, (await young.NextAsync()).PacketId);
        Assert.Equal(1, edge.Ingest.Effects);
    }

    [Fact]
    public async Task A_packet_of_many_messages_is_acknowledged_when_all_of_them_are_durable()
    {
        await using var edge = await MqttEdge.StartAsync();
        edge.Ingest.Holds = true;
        using var device = await edge.ConnectAsync();
        var array = "[" + string.Join(",", Enumerable.Range(1, 1000).Select(Reading)) + "]";
        await device.SendAsync(Packets.Publish(Packets.Topic, array, 3));
        await MqttEdge.UntilAsync(() => edge.Ingest.HeldCount == 1000);
        edge.Ingest.Release(999);
        await device.SendAsync(Packets.Ping);
        Assert.Equal(RawMqtt.PingResp, (await device.NextAsync()).Type);
        edge.Ingest.Release(1);
        Assert.Equal(3, (await device.NextAsync()).PacketId);
    }

    [Fact]
    public async Task Qos_0_is_taken_without_an_answer()
    {
        await using var edge = await MqttEdge.StartAsync();
        using var device = await edge.ConnectAsync();
        await device.SendAsync(Packets.Publish(Packets.Topic, Reading(1), qos: 0), Packets.Ping);
        Assert.Equal(RawMqtt.PingResp, (await device.NextAsync()).Type);
        Assert.Equal(1, edge.Ingest.Effects);
    }
}
