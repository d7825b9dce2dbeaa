using SmartCommunity.Domain.Ids;
using SmartCommunity.Mqtt;
using SmartCommunity.Mqtt.Links;
using SmartCommunity.Mqtt.Open;
using Xunit;

namespace SmartCommunity.Edge.Tests.Mqtt;

/// <summary>Open topics: off unless asked for, apart from everything of the devices, bounded.</summary>
public sealed class OpenScopeTests
{
    [Fact]
    public async Task Nobody_is_a_guest_unless_the_option_is_set()
    {
        await using var edge = await MqttEdge.StartAsync();
        using var client = await edge.OpenAsync();
        await client.SendAsync(Packets.Connect("a", null, isVersion5: true));
        Assert.Equal(0x86, (await client.NextAsync()).Body[1]);
    }

    [Fact]
    public async Task A_guest_hears_nothing_of_a_device_and_reaches_none()
    {
        await using var edge = await MqttEdge.StartAsync(Guest.Options);
        using var guest = await Guest.EnterAsync(edge, "a");
        Assert.Equal([2], await guest.SubscribeAsync("#"));
        Assert.Equal([0x87], await guest.SubscribeAsync("sc/v1/340104/d1/error"));
        using var device = await edge.ConnectAsync(isVersion5: true);
        await device.SendAsync(Packets.Subscribe(1, true, ("sc/v1/340104/d1/cmd/#", 1)));
        await device.NextAsync();
        Assert.Equal(1, edge.Links.Tell(FakeDirectory.District, DeviceId.Parse("d1"), new DownMessage("sc/v1/340104/d1/cmd/1", "x"u8.ToArray())));
        Assert.Equal(3, (await device.NextAsync()).Type);
        Assert.Equal(0x87, await guest.PublishAsync("sc/v1/340104/d1/cmd/2", "y"));
        Assert.Equal(0x87, await guest.PublishAsync(Packets.Topic, "y"));
        Assert.Equal(0x87, await guest.PublishAsync("v1/devices/me/telemetry", "y"));
        await guest.SettleAsync();
        Assert.Empty(guest.Heard);
        Assert.Equal(0, edge.Ingest.Posts);
        await device.SendAsync(Packets.Publish("TopicA", "z", 2, isVersion5: true));
        Assert.Equal(0x90, (await device.NextAsync()).Code);
        await device.SendAsync(Packets.Ping);
        Assert.Equal(RawMqtt.PingResp, (await device.NextAsync()).Type);
    }

    [Theory]
    [InlineData("0.0.0.0", "Topic", "Mqtt:OpenTopicPrefixes needs a listener on loopback")]
    [InlineData("127.0.0.1", "sc/v1", "Mqtt:OpenTopicPrefixes must not begin with sc or v1")]
    [InlineData("127.0.0.1", "s", "Mqtt:OpenTopicPrefixes must not begin with sc or v1")]
    [InlineData("127.0.0.1", "a/+", "Mqtt:OpenTopicPrefixes must not begin with sc or v1")]
    [InlineData("127.0.0.1", "Topic", null)]
    public void Open_topics_need_loopback_and_leave_the_devices_topics_alone(string address, string prefixes, string? problem)
    {
        var problems = new MqttEdgeOptions { Address = address, OpenTopicPrefixes = prefixes }.Problems();
        if (problem is null)
        {
            Assert.Empty(problems);
        }
        else
        {
            Assert.StartsWith(problem, Assert.Single(problems), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task There_are_at_most_64_sessions()
    {
        await using var edge = await MqttEdge.StartAsync(Guest.Options);
        for (var i = 0; i < OpenBroker.SessionsMax; i++)
        {
            using var guest = await Guest.EnterAsync(edge, $"g{i}", properties: Guest.Lasting(100));
            await guest.LeaveAsync();
        }

        using var beyond = await edge.OpenAsync();
        await beyond.SendAsync(Packets.Connect("beyond", null, isVersion5: true));
        Assert.Equal(0x97, (await beyond.NextAsync()).Body[1]);
        using var known = await Guest.EnterAsync(edge, "g0", clean: false);
        Assert.True(known.IsSessionPresent);
    }

    [Fact]
    public async Task At_most_1000_messages_are_retained()
    {
        await using var edge = await MqttEdge.StartAsync(Guest.Options);
        using var guest = await Guest.EnterAsync(edge, "a");
        for (var i = 0; i <= OpenBroker.RetainedMax; i++)
        {
            await guest.Socket.SendAsync(RetainedMessage($"Topic/{i}", "x"));
        }

        await guest.SettleAsync();
        await guest.SubscribeAsync("Topic/999", 0);
        await guest.SubscribeAsync("Topic/1000", 0);
        await guest.SettleAsync();
        Assert.Equal(["Topic/999"], guest.Heard.Select(h => h.Topic));
    }

    [Fact]
    public async Task A_session_is_kept_an_hour_at_most_and_the_guest_is_told()
    {
        await using var edge = await MqttEdge.StartAsync(Guest.Options);
        using var guest = await Guest.EnterAsync(edge, "a", properties: [0x11, 0xFF, 0xFF, 0xFF, 0xFF]);
        Assert.True(guest.Welcome.AsSpan().IndexOf((byte[])[0x11, 0, 0, 0x0E, 0x10]) > 0);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(100, true)]
    public async Task The_same_client_id_takes_over_what_was_to_last(byte expirySeconds, bool isPresent)
    {
        await using var edge = await MqttEdge.StartAsync(Guest.Options);
        using var old = await Guest.EnterAsync(edge, "a", properties: Guest.Lasting(expirySeconds));
        await old.SubscribeAsync("TopicA");
        using var young = await Guest.EnterAsync(edge, "a", clean: false);
        Assert.Equal(isPresent, young.IsSessionPresent);
        Assert.Equal(0x8E, (await old.Socket.ReadToEndAsync())!.Body[0]);
        await young.SubscribeAsync("TopicB");
        await young.PublishAsync("TopicA", "a");
        await young.PublishAsync("TopicB", "b");
        await young.SettleAsync();
        Assert.Equal(isPresent ? ["a", "b"] : ["b"], young.Payloads);
    }

    [Theory]
    [InlineData("a/b", "a/b", true)]
    [InlineData("a/+", "a/b", true)]
    [InlineData("a/+", "a", false)]
    [InlineData("a/+", "a/", true)]
    [InlineData("a/#", "a", true)]
    [InlineData("a/#", "a/b/c", true)]
    [InlineData("#", "a/b", true)]
    [InlineData("+/+", "/a", true)]
    [InlineData("/+", "/a", true)]
    [InlineData("+", "/a", false)]
    [InlineData("/#", "a", false)]
    [InlineData("a/b", "a/b/", false)]
    [InlineData("#", "$SYS/x", false)]
    [InlineData("+/x", "$SYS/x", false)]
    [InlineData("$SYS/#", "$SYS/x", true)]
    public void A_filter_matches_level_by_level(string filter, string topic, bool matches) =>
        Assert.Equal(matches, SmartCommunity.Mqtt.Topics.TopicFilter.Matches(filter, topic));

    private static byte[] RetainedMessage(string topic, string payload)
    {
        var packet = Packets.Publish(topic, payload, 0, qos: 0, isVersion5: true);
        packet[0] |= 1;
        return packet;
    }
}
