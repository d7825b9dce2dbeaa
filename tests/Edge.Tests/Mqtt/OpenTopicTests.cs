using Xunit;

namespace SmartCommunity.Edge.Tests.Mqtt;

/// <summary>Open topics: what the table of docs/mqtt.md says holds. Each test names its row.</summary>
public sealed class OpenTopicTests
{
    private readonly MovedClock clock = new();

    // basic
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_guest_hears_its_own_messages_once_at_every_qos(bool isVersion5)
    {
        await using var edge = await StartAsync();
        using var guest = await Guest.EnterAsync(edge, "a", isVersion5);
        await guest.SubscribeAsync("TopicA");
        for (var qos = 0; qos <= 2; qos++)
        {
            await guest.PublishAsync("TopicA", $"qos {qos}", qos);
        }

        await guest.SettleAsync();
        Assert.Equal(["qos 0", "qos 1", "qos 2"], guest.Payloads);
        Assert.Equal([0, 1, 2], guest.Heard.Select(h => h.Qos));
    }

    // retained_message
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_retained_message_waits_for_later_subscribers_until_an_empty_one_clears_it(bool isVersion5)
    {
        await using var edge = await StartAsync();
        using var guest = await Guest.EnterAsync(edge, "a", isVersion5);
        byte[] properties = [0x26, .. Packets.Text("a"), .. Packets.Text("2")];
        await guest.PublishAsync("TopicA/B", "kept", 2, isRetained: true, properties);
        await guest.SubscribeAsync("+/+");
        await guest.SettleAsync();
        var heard = Assert.Single(guest.Heard);
        Assert.True(heard.IsRetained);
        Assert.Equal(isVersion5 ? properties : [], heard.Properties);
        await guest.PublishAsync("TopicA/B", string.Empty, 1, isRetained: true);
        guest.Heard.Clear();
        await guest.SubscribeAsync("TopicA/+");
        await guest.SettleAsync();
        Assert.Empty(guest.Heard);
    }

    // will_message, keepalive
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_will_of_a_silent_guest_is_heard_with_its_properties(bool isVersion5)
    {
        await using var edge = await StartAsync();
        byte[] properties = [0x26, .. Packets.Text("a"), .. Packets.Text("2")];
        using var silent = await Guest.EnterAsync(edge, "a", isVersion5, keepAlive: 1, willTopic: "TopicW", willProperties: properties);
        using var listener = await Guest.EnterAsync(edge, "b", isVersion5);
        await listener.SubscribeAsync("TopicW");
        await listener.UntilAsync(3);
        Assert.Equal(["gone"], listener.Payloads);
        Assert.Equal(isVersion5 ? properties : [], listener.Heard[0].Properties);
    }

    // zero_length_clientid, assigned_clientid
    [Fact]
    public async Task An_empty_client_id_is_given_a_name_unless_it_asks_for_a_session_in_3_1_1()
    {
        await using var edge = await StartAsync();
        using var five = await Guest.EnterAsync(edge, string.Empty, clean: false);
        Assert.True(five.Welcome.AsSpan().IndexOf("guest-"u8) > 0);
        using var three = await Guest.EnterAsync(edge, string.Empty, isVersion5: false);
        using var refused = await edge.OpenAsync();
        await refused.SendAsync(Packets.Connect(string.Empty, null, clean: false));
        Assert.Null(await refused.ReadAsync());
    }

    // offline_message_queueing
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Messages_of_qos_1_and_2_wait_for_a_guest_that_is_away(bool isVersion5)
    {
        await using var edge = await StartAsync();
        using (var away = await Guest.EnterAsync(edge, "a", isVersion5, clean: false, properties: Guest.Lasting(100)))
        {
            await away.SubscribeAsync("#");
            await away.LeaveAsync();
        }

        using var other = await Guest.EnterAsync(edge, "b", isVersion5);
        for (var qos = 0; qos <= 2; qos++)
        {
            await other.PublishAsync("TopicA/B", $"qos {qos}", qos);
        }

        using var back = await Guest.EnterAsync(edge, "a", isVersion5, clean: false, properties: Guest.Lasting(100));
        Assert.True(back.IsSessionPresent);
        await back.SettleAsync();
        Assert.Equal(["qos 1", "qos 2"], back.Payloads);
    }

    // overlapping_subscriptions, subscribe_identifiers
    [Fact]
    public async Task Overlapping_filters_bring_one_message_with_the_highest_qos_and_all_identifiers()
    {
        await using var edge = await StartAsync();
        using var guest = await Guest.EnterAsync(edge, "a");
        await guest.SubscribeAsync("TopicA/#", 2, 0x0B, 2);
        await guest.SubscribeAsync("TopicA/+", 1, 0x0B, 3);
        await guest.PublishAsync("TopicA/C", "once", 2);
        await guest.SettleAsync();
        var heard = Assert.Single(guest.Heard);
        Assert.Equal(2, heard.Qos);
        Assert.Equal([2, 3], heard.SubscriptionIds.Order());
    }

    // redelivery_on_reconnect
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_was_not_acknowledged_is_sent_again_on_the_next_connection(bool isVersion5)
    {
        await using var edge = await StartAsync();
        using (var mute = await Guest.EnterAsync(edge, "a", isVersion5, clean: false, properties: Guest.Lasting(100)))
        {
            mute.IsMute = true;
            await mute.SubscribeAsync("TopicA/#");
            await mute.PublishAsync("TopicA/B", "one", 1);
            await mute.PublishAsync("TopicA/C", "two", 2);
            await mute.LeaveAsync();
        }

        using var back = await Guest.EnterAsync(edge, "a", isVersion5, clean: false, properties: Guest.Lasting(100));
        await back.SettleAsync();
        Assert.Equal([("one", true), ("two", true)], back.Heard.Select(h => (h.Payload, h.IsDuplicate)));
    }

    // subscribe_failure: 0x80 for 3.1.1; MQTT 5 is told the better 0x87, which the suite's case does not accept.
    [Theory]
    [InlineData(false, 0x80)]
    [InlineData(true, 0x87)]
    public async Task A_filter_that_matches_no_open_topic_is_refused(bool isVersion5, byte code)
    {
        await using var edge = await StartAsync();
        using var guest = await Guest.EnterAsync(edge, "a", isVersion5);
        Assert.Equal([code], await guest.SubscribeAsync("test/nosubscribe"));
        Assert.Equal([isVersion5 ? (byte)0x8F : (byte)0x80], await guest.SubscribeAsync("Topic/#/x"));
    }

    // dollar_topics
    [Fact]
    public async Task A_filter_that_begins_with_a_wildcard_does_not_match_a_topic_that_begins_with_a_dollar()
    {
        await using var edge = await StartAsync();
        using var guest = await Guest.EnterAsync(edge, "a");
        await guest.SubscribeAsync("+/+");
        Assert.Equal(0, await guest.PublishAsync("$TopicA/B", "hidden"));
        await guest.SettleAsync();
        Assert.Empty(guest.Heard);
        await guest.SubscribeAsync("$TopicA/+");
        await guest.PublishAsync("$TopicA/B", "named");
        await guest.SettleAsync();
        Assert.Equal(["named"], guest.Payloads);
    }

    // unsubscribe
    [Fact]
    public async Task After_an_unsubscribe_nothing_more_comes()
    {
        await using var edge = await StartAsync();
        using var guest = await Guest.EnterAsync(edge, "a");
        await guest.SubscribeAsync("TopicA");
        await guest.SubscribeAsync("TopicB");
        await guest.UnsubscribeAsync("TopicA");
        await guest.PublishAsync("TopicA", "a");
        await guest.PublishAsync("TopicB", "b");
        await guest.SettleAsync();
        Assert.Equal(["b"], guest.Payloads);
    }

    // session_expiry
    [Fact]
    public async Task A_session_lives_as_long_as_was_asked_and_a_disconnect_can_change_it()
    {
        await using var edge = await StartAsync();
        Assert.False(await ComesBackAsync(edge, 0, TimeSpan.Zero));
        Assert.True(await ComesBackAsync(edge, 5, TimeSpan.FromSeconds(4)));
        Assert.False(await ComesBackAsync(edge, 5, TimeSpan.FromSeconds(6)));
        Assert.True(await ComesBackAsync(edge, 1, TimeSpan.FromSeconds(3), Guest.Lasting(5)));
    }

    // user_properties, payload_format, request_response
    [Fact]
    public async Task The_properties_of_a_message_pass_unchanged()
    {
        await using var edge = await StartAsync();
        using var guest = await Guest.EnterAsync(edge, "a");
        await guest.SubscribeAsync("TopicA");
        byte[][] all =
        [
            [0x01, 1],
            [0x03, .. Packets.Text("My name")],
            [0x08, .. Packets.Text("TopicA")],
            [0x09, .. Packets.Text("334")],
            [0x26, .. Packets.Text("a"), .. Packets.Text("2"), 0x26, .. Packets.Text("c"), .. Packets.Text("3")],
        ];
        foreach (var properties in all)
        {
            await guest.PublishAsync("TopicA", "x", 1, isRetained: false, properties);
        }

        await guest.SettleAsync();
        Assert.Equal(all, guest.Heard.Select(h => h.Properties));
    }

    // publication_expiry
    [Fact]
    public async Task A_message_expires_while_it_waits_and_one_that_does_not_says_what_is_left()
    {
        await using var edge = await StartAsync();
        using (var away = await Guest.EnterAsync(edge, "a", properties: Guest.Lasting(100)))
        {
            await away.SubscribeAsync("TopicA");
            await away.LeaveAsync();
        }

        using var other = await Guest.EnterAsync(edge, "b");
        await other.PublishAsync("TopicA", "expires", 1, isRetained: false, 0x02, 0, 0, 0, 1);
        await other.PublishAsync("TopicA", "stays", 2, isRetained: false, 0x02, 0, 0, 0, 60);
        clock.Move(TimeSpan.FromSeconds(10));
        using var back = await Guest.EnterAsync(edge, "a", clean: false);
        await back.SettleAsync();
        Assert.Equal(["stays"], back.Payloads);
        Assert.InRange(back.Heard[0].Number(0x02)!.Value, 1u, 50u);
    }

    // subscribe_options
    [Fact]
    public async Task No_local_retain_as_published_and_retain_handling_are_honoured()
    {
        await using var edge = await StartAsync();
        using var guest = await Guest.EnterAsync(edge, "a");
        await guest.SubscribeAsync("TopicA", 2 | 4);
        await guest.PublishAsync("TopicA", "own");
        await guest.SubscribeAsync("TopicB", 2 | 8);
        await guest.PublishAsync("TopicB", "plain");
        await guest.PublishAsync("TopicB", "kept", isRetained: true);
        await guest.SettleAsync();
        Assert.Equal([("plain", false), ("kept", true)], guest.Heard.Select(h => (h.Payload, h.IsRetained)));
        foreach (var (handling, expected) in new (byte, int)[] { (0, 1), (1, 0), (2, 0) })
        {
            guest.Heard.Clear();
            await guest.SubscribeAsync("TopicB", (byte)(2 | (handling << 4)));
            await guest.SettleAsync();
            Assert.Equal(expected, guest.Heard.Count);
        }
    }

    // client_topic_alias
    [Fact]
    public async Task Topic_aliases_of_a_guest_live_as_long_as_its_connection()
    {
        await using var edge = await StartAsync();
        using (var guest = await Guest.EnterAsync(edge, "a", properties: Guest.Lasting(100)))
        {
            await guest.SubscribeAsync("TopicA");
            await guest.PublishAsync("TopicA", "named", 1, isRetained: false, 0x23, 0, 1);
            await guest.PublishAsync(string.Empty, "by alias", 1, isRetained: false, 0x23, 0, 1);
            await guest.SettleAsync();
            Assert.Equal(["named", "by alias"], guest.Payloads);
            await guest.LeaveAsync();
        }

        foreach (byte alias in new byte[] { 0, 1, 17 })
        {
            using var again = await Guest.EnterAsync(edge, "a", clean: false, properties: Guest.Lasting(100));
            await again.Socket.SendAsync(Packets.Publish([], "x"u8.ToArray(), 1, 1, [0x23, 0, alias]));
            Assert.Equal(0x94, (await again.Socket.ReadToEndAsync())!.Body[0]);
        }
    }

    // server_topic_alias, maximum_packet_size
    [Fact]
    public async Task What_a_guest_takes_is_respected()
    {
        await using var edge = await StartAsync();
        using var guest = await Guest.EnterAsync(edge, "a", properties: [0x22, 0, 1, 0x27, 0, 0, 0, 64]);
        await guest.SubscribeAsync("TopicA");
        await guest.PublishAsync("TopicA", "one");
        await guest.PublishAsync("TopicA", new string('.', 64));
        await guest.PublishAsync("TopicA", "two");
        await guest.SettleAsync();
        Assert.Equal([("TopicA", "one"), (string.Empty, "two")], guest.Heard.Select(h => (h.Topic, h.Payload)));
    }

    // flow_control1
    [Fact]
    public async Task A_guest_hears_no_more_at_once_than_its_receive_maximum()
    {
        await using var edge = await StartAsync();
        using var guest = await Guest.EnterAsync(edge, "a", properties: [0x21, 0, 2]);
        guest.IsMute = true;
        await guest.SubscribeAsync("TopicA");
        for (var i = 1; i <= 3; i++)
        {
            await guest.PublishAsync("TopicA", $"{i}");
        }

        await guest.SettleAsync();
        Assert.Equal(["1", "2"], guest.Payloads);
        await guest.Socket.SendAsync(Packets.Acknowledge(RawMqtt.PubAck, guest.Heard[0].PacketId));
        await guest.UntilAsync(3);
        Assert.Equal(["1", "2", "3"], guest.Payloads);
    }

    // flow_control2
    [Fact]
    public async Task A_guest_beyond_our_receive_maximum_is_told_0x93()
    {
        await using var edge = await StartAsync();
        using var guest = await Guest.EnterAsync(edge, "a");
        for (ushort id = 1; id <= 257; id++)
        {
            await guest.Socket.SendAsync(Packets.Publish("TopicA", "x", id, 2, isVersion5: true));
        }

        var last = await guest.Socket.ReadToEndAsync();
        Assert.Equal((RawMqtt.Disconnect, 0x93), (last!.Type, last.Body[0]));
    }

    // will_delay
    [Theory]
    [InlineData(3, 5, 2, false)]
    [InlineData(3, 5, 4, true)]
    [InlineData(5, 2, 3, true)]
    [InlineData(5, 0, 0, true)]
    public async Task A_will_waits_for_its_delay_or_the_end_of_the_session(byte delay, byte expiry, int seconds, bool isHeard)
    {
        await using var edge = await StartAsync();
        using var listener = await Guest.EnterAsync(edge, "b");
        await listener.SubscribeAsync("TopicW");
        using (await Guest.EnterAsync(edge, "a", properties: Guest.Lasting(expiry), willTopic: "TopicW", willProperties: [0x18, 0, 0, 0, delay]))
        {
            // Goes without a word.
        }

        await MqttEdge.UntilAsync(() => edge.Metrics.Connections == 1);
        clock.Move(TimeSpan.FromSeconds(seconds));
        if (isHeard)
        {
            await listener.UntilAsync(3);
        }

        await listener.SettleAsync();
        Assert.Equal(isHeard ? ["gone"] : [], listener.Payloads);
    }

    // shared_subscriptions
    [Fact]
    public async Task Members_of_a_shared_subscription_take_turns()
    {
        await using var edge = await StartAsync();
        using var one = await Guest.EnterAsync(edge, "a");
        using var two = await Guest.EnterAsync(edge, "b");
        await one.SubscribeAsync("$share/group/TopicA/#");
        await two.SubscribeAsync("$share/group/TopicA/#");
        for (var i = 0; i < 4; i++)
        {
            await one.PublishAsync("TopicA/x", $"{i}");
        }

        await one.SettleAsync();
        await two.SettleAsync();
        Assert.Equal((2, 2), (one.Heard.Count, two.Heard.Count));
    }

    private Task<MqttEdge> StartAsync() => MqttEdge.StartAsync(Guest.Options, clock);

    private async Task<bool> ComesBackAsync(MqttEdge edge, byte expirySeconds, TimeSpan after, params byte[] changed)
    {
        using (var guest = await Guest.EnterAsync(edge, "s", properties: Guest.Lasting(expirySeconds)))
        {
            await guest.LeaveAsync(0, changed);
        }

        await MqttEdge.UntilAsync(() => edge.Metrics.Connections == 0);
        clock.Move(after);
        using var back = await Guest.EnterAsync(edge, "s", clean: false);
        var isPresent = back.IsSessionPresent;
        await back.LeaveAsync();
        await MqttEdge.UntilAsync(() => edge.Metrics.Connections == 0);
        return isPresent;
    }
}
