using System.Text;
using System.Text.Json;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;
using SmartCommunity.Domain.DeviceCommands;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Domain.Twins;
using SmartCommunity.Mqtt.Commands;
using SmartCommunity.Mqtt.Wire;
using Xunit;

namespace SmartCommunity.Edge.Tests.Mqtt;

/// <summary>Commands on their way to a device and its answers back.</summary>
public sealed class CommandTests
{
    private const string Filter = "sc/v1/340104/d1/cmd/#";

    [Fact]
    public async Task Everything_that_waits_comes_behind_the_SUBACK_one_at_a_time_in_order_of_issue()
    {
        await using var edge = await MqttEdge.StartAsync();
        foreach (var id in new[] { "z", "m", "a" })
        {
            edge.Commands.Issue("d1", id);
        }

        using var client = await edge.ConnectAsync();
        await client.SendAsync(Packets.Subscribe(9, false, (Filter, 1)));
        Assert.Equal(RawMqtt.SubAck, (await client.NextAsync()).Type);
        foreach (var id in new[] { "z", "m", "a" })
        {
            var sent = await NextCommandAsync(client);
            Assert.Equal(("sc/v1/340104/d1/cmd/" + id, 1), (sent.Topic, sent.Qos));
            Assert.Equal(CommandState.Issued, edge.Commands.StateOf("d1", id));

            // Nothing else comes before the PUBACK: the answer to a ping is next.
            await client.SendAsync(Packets.Ping);
            Assert.Equal(RawMqtt.PingResp, (await client.NextAsync()).Type);
            await client.SendAsync(PubAck(sent.PacketId));
            await MqttEdge.UntilAsync(() => edge.Commands.StateOf("d1", id) == CommandState.Delivered);
        }
    }

    [Fact]
    public async Task A_listening_device_gets_a_command_as_it_is_committed_with_all_it_needs_to_answer()
    {
        await using var edge = await MqttEdge.StartAsync();
        var heard = new TaskCompletionSource<MqttApplicationMessage>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var client = new MqttClientFactory().CreateMqttClient();
        client.ApplicationMessageReceivedAsync += e =>
        {
            heard.TrySetResult(e.ApplicationMessage);
            return Task.CompletedTask;
        };
        await client.ConnectAsync(new MqttClientOptionsBuilder()
            .WithTcpServer(edge.EndPoint.Address.ToString(), edge.EndPoint.Port).WithProtocolVersion(MqttProtocolVersion.V500).WithClientId("d1").WithCredentials("token-d1").Build(), TestContext.Current.CancellationToken);
        await client.SubscribeAsync(new MqttClientSubscribeOptionsBuilder()
            .WithTopicFilter("sc/v1/340104/d1/cmd/+", MqttQualityOfServiceLevel.ExactlyOnce).WithSubscriptionIdentifier(77).Build(), TestContext.Current.CancellationToken);
        var command = edge.Commands.Issue("d1", "c1", """{"door":"北门"}""");
        var message = await heard.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        using var payload = JsonDocument.Parse(message.Payload);
        Assert.Equal(
            ["c1", "open", """{"door":"北门"}""", command.ExpiresAt.ToUnixTimeMilliseconds().ToString(null, null)],
            payload.RootElement.EnumerateObject().Select(p => p.Value.ToString()));
        Assert.Equal(["id", "name", "body", "expires"], payload.RootElement.EnumerateObject().Select(p => p.Name));
        Assert.Equal("sc/v1/340104/d1/cmd/c1/reply", message.ResponseTopic);
        Assert.Equal("c1", Encoding.UTF8.GetString(message.CorrelationData));
        Assert.InRange(message.MessageExpiryInterval, 1u, 60u);
        Assert.Equal(("application/json", MqttQualityOfServiceLevel.AtLeastOnce, 77u), (message.ContentType, message.QualityOfServiceLevel, message.SubscriptionIdentifiers[0]));
        await MqttEdge.UntilAsync(() => edge.Commands.StateOf("d1", "c1") == CommandState.Delivered);
    }

    [Fact]
    public async Task What_was_acknowledged_is_not_sent_again_after_a_reconnect_and_what_was_not_is()
    {
        await using var edge = await MqttEdge.StartAsync();
        edge.Commands.Issue("d1", "c1");
        edge.Commands.Issue("d1", "c2");
        using (var first = await ListenAsync(edge))
        {
            await first.SendAsync(PubAck((await NextCommandAsync(first)).PacketId));
            Assert.EndsWith("/c2", (await NextCommandAsync(first)).Topic, StringComparison.Ordinal);
        }

        using var second = await ListenAsync(edge);
        Assert.EndsWith("/c2", (await NextCommandAsync(second)).Topic, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_that_takes_over_goes_on_where_the_other_one_was()
    {
        await using var edge = await MqttEdge.StartAsync();
        edge.Commands.Issue("d1", "c1");
        edge.Commands.Issue("d1", "c2");
        using var first = await ListenAsync(edge);
        _ = await NextCommandAsync(first);
        using var second = await ListenAsync(edge);
        _ = await first.ReadToEndAsync();
        foreach (var id in new[] { "c1", "c2" })
        {
            var sent = await NextCommandAsync(second);
            Assert.EndsWith("/" + id, sent.Topic, StringComparison.Ordinal);
            await second.SendAsync(PubAck(sent.PacketId));
        }
    }

    [Fact]
    public async Task Of_two_connections_the_last_to_subscribe_carries_and_a_late_PUBACK_of_the_other_still_counts()
    {
        await using var edge = await MqttEdge.StartAsync();
        edge.Commands.Issue("d1", "c1");
        using var first = await ListenAsync(edge, "d1:a");
        var sent = await NextCommandAsync(first);
        using var second = await ListenAsync(edge, "d1:b");
        Assert.EndsWith("/c1", (await NextCommandAsync(second)).Topic, StringComparison.Ordinal);
        await first.SendAsync(PubAck(sent.PacketId));
        await MqttEdge.UntilAsync(() => edge.Commands.StateOf("d1", "c1") == CommandState.Delivered);
        edge.Commands.Issue("d1", "c2");
        Assert.EndsWith("/c2", (await NextCommandAsync(second)).Topic, StringComparison.Ordinal);
        second.Dispose();
        Assert.EndsWith("/c2", (await NextCommandAsync(first)).Topic, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_has_ended_while_it_waited_is_left_out()
    {
        await using var edge = await MqttEdge.StartAsync();
        foreach (var id in new[] { "c1", "c2", "c3" })
        {
            edge.Commands.Issue("d1", id);
        }

        using var client = await ListenAsync(edge);
        _ = await NextCommandAsync(client);
        edge.Commands.End("d1", "c2", CommandState.Cancelled);

        // The first one ends without a PUBACK too: the next one goes all the same.
        edge.Commands.End("d1", "c1", CommandState.Expired);
        Assert.EndsWith("/c3", (await NextCommandAsync(client)).Topic, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_device_that_refuses_a_command_makes_it_undeliverable()
    {
        await using var edge = await MqttEdge.StartAsync();
        edge.Commands.Issue("d1", "c1");
        using var client = await ListenAsync(edge, isVersion5: true);
        var sent = await NextCommandAsync(client, isVersion5: true);
        await client.SendAsync(Packets.Frame(0x40, [.. Packets.Number(sent.PacketId), 0x83, 0]));
        await MqttEdge.UntilAsync(() => edge.Commands.StateOf("d1", "c1") == CommandState.Undeliverable);
        Assert.Equal("refused 0x83", edge.Commands.NoteOf("d1", "c1"));
    }

    [Fact]
    public async Task A_command_larger_than_the_client_takes_is_undeliverable_and_the_next_one_comes()
    {
        await using var edge = await MqttEdge.StartAsync();
        edge.Commands.Issue("d1", "large", "{\"text\":\"" + new string('x', 4_000) + "\"}");
        edge.Commands.Issue("d1", "small");
        using var client = await edge.OpenAsync();
        byte[] properties = [5, 0x27, 0, 0, 4, 0];
        await client.SendAsync(Packets.Frame(
            0x10, [.. Packets.Text("MQTT"), 5, 0x82, 0, 0, .. properties, .. Packets.Text("d1"), .. Packets.Text("token-d1")]));
        Assert.Equal(2, (await client.NextAsync()).Type);
        await client.SendAsync(Packets.Subscribe(9, true, (Filter, 1)));
        Assert.Equal(RawMqtt.SubAck, (await client.NextAsync()).Type);
        Assert.EndsWith("/small", (await NextCommandAsync(client, isVersion5: true)).Topic, StringComparison.Ordinal);
        Assert.Equal((CommandState.Undeliverable, "too-large"), (edge.Commands.StateOf("d1", "large"), edge.Commands.NoteOf("d1", "large")));
    }

    [Fact]
    public async Task Without_an_acknowledgement_a_command_counts_as_delivered_when_it_is_written()
    {
        await using var edge = await MqttEdge.StartAsync();
        edge.Commands.Issue("d1", "c1");
        edge.Commands.Issue("d1", "c2");
        using var client = await ListenAsync(edge, qos: 0);
        Assert.Equal(0, (await NextCommandAsync(client)).Qos);
        Assert.EndsWith("/c2", (await NextCommandAsync(client)).Topic, StringComparison.Ordinal);
        await MqttEdge.UntilAsync(() => edge.Commands.StateOf("d1", "c2") == CommandState.Delivered);
    }

    // Seen to fail when a failed commit of the acknowledgement is forgotten.
    [Fact]
    public async Task An_acknowledgement_that_the_store_did_not_take_is_brought_again()
    {
        await using var edge = await MqttEdge.StartAsync();
        edge.Commands.FailuresLeft = 2;
        edge.Commands.Issue("d1", "c1");
        using var client = await ListenAsync(edge);
        await client.SendAsync(PubAck((await NextCommandAsync(client)).PacketId));
        await MqttEdge.UntilAsync(() => edge.Commands.StateOf("d1", "c1") == CommandState.Delivered);
    }

    [Fact]
    public async Task A_store_that_cannot_be_read_is_asked_again()
    {
        await using var edge = await MqttEdge.StartAsync();
        edge.Commands.Issue("d1", "c1");
        edge.Commands.IsUnreadable = true;
        using var client = await ListenAsync(edge);
        await MqttEdge.UntilAsync(() => Volatile.Read(ref edge.Commands.Looks) > 0);
        edge.Commands.IsUnreadable = false;
        Assert.EndsWith("/c1", (await NextCommandAsync(client)).Topic, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Subscribing_again_sends_nothing_again_and_unsubscribing_ends_it()
    {
        await using var edge = await MqttEdge.StartAsync();
        edge.Commands.Issue("d1", "c1");
        using var client = await ListenAsync(edge);
        _ = await NextCommandAsync(client);
        await client.SendAsync(Packets.Subscribe(10, false, ("sc/v1/340104/d1/cmd/+", 1)), Packets.Unsubscribe(11, Filter), Packets.Unsubscribe(12, "sc/v1/340104/d1/cmd/+"));
        Assert.Equal(RawMqtt.SubAck, (await client.NextAsync()).Type);
        Assert.Equal(11, (await client.NextAsync()).PacketId);
        Assert.Equal(12, (await client.NextAsync()).PacketId);
        edge.Commands.Issue("d1", "c2");
        await client.SendAsync(Packets.Ping);
        Assert.Equal(RawMqtt.PingResp, (await client.NextAsync()).Type);
    }

    [Fact]
    public async Task More_news_than_are_remembered_lose_no_command_and_no_order()
    {
        await using var edge = await MqttEdge.StartAsync();
        using var client = await ListenAsync(edge);
        edge.Commands.Issue("d1", "first");
        var held = await NextCommandAsync(client);
        const int count = CommandCourier.HeardMax + 20;
        for (var i = 0; i < count; i++)
        {
            edge.Commands.Issue("d1", "c" + i);
        }

        await client.SendAsync(PubAck(held.PacketId));
        for (var i = 0; i < count; i++)
        {
            var sent = await NextCommandAsync(client);
            Assert.EndsWith("/c" + i, sent.Topic, StringComparison.Ordinal);
            await client.SendAsync(PubAck(sent.PacketId));
        }
    }

    [Fact]
    public async Task A_reply_travels_the_lane_under_the_id_of_its_command_and_is_acknowledged_after_its_commit()
    {
        await using var edge = await MqttEdge.StartAsync();
        edge.Ingest.Holds = true;
        using var client = await edge.ConnectAsync();
        await client.SendAsync(Packets.Publish("sc/v1/340104/d1/cmd/c1/reply", """{"id":7,"ok":true}""", 5), Packets.Ping);
        Assert.Equal(RawMqtt.PingResp, (await client.NextAsync()).Type);
        edge.Ingest.Release(1);
        Assert.Equal((RawMqtt.PubAck, 5), ((await client.NextAsync()) is var ack ? ack.Type : 0, ack.PacketId));
        Assert.True(edge.Ingest.Taken.TryDequeue(out var reply));
        Assert.Equal((MessageKind.CommandReply, "c1", """{"id":7,"ok":true}"""), (reply.Kind, reply.MessageId, reply.Body));
    }

    [Fact]
    public async Task A_reply_that_is_no_JSON_is_quarantined_under_the_id_of_its_command()
    {
        await using var edge = await MqttEdge.StartAsync();
        using var client = await edge.ConnectAsync(isVersion5: true);
        await client.SendAsync(Packets.Publish("sc/v1/340104/d1/cmd/c1/reply", "{", 5, isVersion5: true));
        Assert.Equal(0x99, (await client.NextAsync()).Code);
        Assert.True(edge.Ingest.Taken.TryDequeue(out var reply));
        Assert.Equal(("c1", RefusalCode.NotJson), (reply.MessageId, reply.Rejected?.Code));
    }

    [Theory]
    [InlineData("sc/v1/340104/d1/cmd/reply")]
    [InlineData("sc/v1/340104/d1/cmd/a/b/reply")]
    [InlineData("sc/v1/340104/d1/cmd/a b/reply")]
    [InlineData("sc/v1/340104/d1/cmd/a")]
    [InlineData("sc/v1/340104/d2/cmd/a/reply")]
    public async Task A_device_answers_only_on_the_reply_topics_of_its_own_commands(string topic)
    {
        await using var edge = await MqttEdge.StartAsync();
        using var client = await edge.ConnectAsync(isVersion5: true);
        await client.SendAsync(Packets.Publish(topic, "{}", 5, isVersion5: true));
        Assert.Contains((await client.NextAsync()).Code, new byte[] { 0x87, 0x90 });
        Assert.Empty(edge.Ingest.Taken);
    }

    private static byte[] PubAck(ushort packetId) => Packets.Frame(0x40, Packets.Number(packetId));

    private static async Task<RawMqtt> ListenAsync(MqttEdge edge, string clientId = "d1", byte qos = 1, bool isVersion5 = false)
    {
        var client = await edge.ConnectAsync(clientId: clientId, isVersion5: isVersion5);
        await client.SendAsync(Packets.Subscribe(9, isVersion5, (Filter, qos)));
        Assert.Equal(RawMqtt.SubAck, (await client.NextAsync()).Type);
        return client;
    }

    private static async Task<(string Topic, int Qos, ushort PacketId)> NextCommandAsync(RawMqtt client, bool isVersion5 = false)
    {
        var answer = await client.NextAsync();
        Assert.Equal((int)PacketType.Publish, answer.Type);
        return Read(answer, isVersion5);
    }

    private static (string Topic, int Qos, ushort PacketId) Read(Answer answer, bool isVersion5)
    {
        Assert.Equal(PublishFault.None, PublishPacket.Read(answer.Header, answer.Body, isVersion5, out var packet));
        return (Encoding.UTF8.GetString(packet.Topic), packet.Qos, packet.PacketId);
    }
}
