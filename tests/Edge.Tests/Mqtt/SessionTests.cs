using System.Text.Json;
using MQTTnet;
using MQTTnet.Protocol;
using SmartCommunity.Domain.Twins;
using SmartCommunity.Mqtt;
using Xunit;

namespace SmartCommunity.Edge.Tests.Mqtt;

public sealed class SessionTests
{
    [Fact]
    public async Task A_silent_client_is_closed_after_one_and_a_half_times_its_keep_alive()
    {
        await using var edge = await MqttEdge.StartAsync();
        using var client = await edge.ConnectAsync(isVersion5: true, keepAlive: 1);
        var last = await client.ReadToEndAsync();
        Assert.Equal((RawMqtt.Disconnect, 0x8D), (last!.Type, last.Body[0]));
    }

    // The broker's own monitor never sees readings; seen to fail when it is left to it.
    [Fact]
    public async Task Publishing_alone_keeps_a_connection_alive()
    {
        await using var edge = await MqttEdge.StartAsync();
        using var client = await edge.ConnectAsync(keepAlive: 1);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(250));
        for (ushort i = 1; i <= 16; i++)
        {
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
            await client.SendAsync(Packets.Publish(Packets.Topic, "{\"seq\":" + i + ",\"values\":{\"pm25\":1}}", i));
            Assert.Equal(i, (await client.NextAsync()).PacketId);
        }
    }

    [Fact]
    public async Task A_client_that_waits_for_the_store_is_not_silent()
    {
        await using var edge = await MqttEdge.StartAsync();
        edge.Ingest.IsFull = true;
        using var client = await edge.ConnectAsync(keepAlive: 1);
        await client.SendAsync(Packets.Publish(Packets.Topic, """{"values":{"pm25":1}}"""));
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(3));
        await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        edge.Ingest.IsFull = false;
        Assert.Equal(RawMqtt.PubAck, (await client.NextAsync()).Type);
    }

    [Fact]
    public async Task A_topic_alias_stands_for_its_topic()
    {
        await using var edge = await MqttEdge.StartAsync();
        using var client = await edge.ConnectAsync(isVersion5: true);
        await client.SendAsync(
            Packets.Publish("sc/v1/340104/d1/telemetry"u8.ToArray(), """{"seq":1,"values":{"pm25":1}}"""u8.ToArray(), 1, 1, [0x23, 0, 16]),
            Packets.Publish([], """{"seq":2,"values":{"pm25":1}}"""u8.ToArray(), 2, 1, [0x23, 0, 16]));
        Assert.Equal(0, (await client.NextAsync()).Code);
        Assert.Equal(0, (await client.NextAsync()).Code);
        Assert.Equal(2, edge.Ingest.Effects);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(17)]
    [InlineData(5)]
    public async Task An_unknown_topic_alias_closes(byte alias)
    {
        await using var edge = await MqttEdge.StartAsync();
        using var client = await edge.ConnectAsync(isVersion5: true);
        await client.SendAsync(Packets.Publish([], "{}"u8.ToArray(), 1, 1, [0x23, 0, alias]));
        Assert.Equal(0x94, (await client.ReadToEndAsync())!.Body[0]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_will_is_taken_when_the_connection_breaks_and_not_when_it_ends(bool isClean)
    {
        await using var edge = await MqttEdge.StartAsync();
        using (var client = await edge.ConnectAsync(willTopic: "sc/v1/340104/d1/state"))
        {
            if (isClean)
            {
                await client.SendAsync(Packets.Disconnect);
                Assert.Null(await client.ReadAsync());
            }
        }

        await MqttEdge.UntilAsync(() => edge.Metrics.Connections == 0);
        Assert.Equal(isClean ? [] : [MessageKind.State], edge.Ingest.Taken.Select(m => m.Kind));
    }

    [Fact]
    public async Task Two_districts_with_the_same_device_and_client_id_do_not_meet()
    {
        await using var edge = await MqttEdge.StartAsync();
        using var here = await edge.ConnectAsync("d1", clientId: "same");
        edge.Directory.Add("d1x", "340105");
        using var there = await edge.ConnectAsync("d1x", clientId: "same");
        await here.SendAsync(Packets.Ping);
        Assert.Equal(RawMqtt.PingResp, (await here.NextAsync()).Type);
    }

    [Theory]
    [InlineData(MQTTnet.Formatter.MqttProtocolVersion.V311)]
    [InlineData(MQTTnet.Formatter.MqttProtocolVersion.V500)]
    public async Task A_quarantined_message_is_told_on_the_error_topic(MQTTnet.Formatter.MqttProtocolVersion version)
    {
        var stop = TestContext.Current.CancellationToken;
        await using var edge = await MqttEdge.StartAsync();
        using var client = new MqttClientFactory().CreateMqttClient();
        var heard = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        client.ApplicationMessageReceivedAsync += e =>
        {
            heard.TrySetResult(e.ApplicationMessage.ConvertPayloadToString());
            return Task.CompletedTask;
        };
        var options = new MqttClientOptionsBuilder()
            .WithTcpServer("127.0.0.1", edge.EndPoint.Port)
            .WithProtocolVersion(version)
            .WithClientId("any")
            .WithCredentials("token-d1")
            .Build();
        await client.ConnectAsync(options, stop);
        await client.SubscribeAsync("sc/v1/340104/d1/error", MqttQualityOfServiceLevel.AtLeastOnce, stop);
        var answer = await client.PublishStringAsync(
            "v1/devices/me/telemetry",
            """{"id":"bad","values":{"pm26":1}}""",
            MqttQualityOfServiceLevel.AtLeastOnce,
            cancellationToken: stop);
        Assert.Equal(version == MQTTnet.Formatter.MqttProtocolVersion.V500 ? MqttClientPublishReasonCode.PayloadFormatInvalid : MqttClientPublishReasonCode.Success, answer.ReasonCode);
        using var json = JsonDocument.Parse(await heard.Task.WaitAsync(TimeSpan.FromSeconds(20), stop));
        Assert.Equal("bad", json.RootElement.GetProperty("id").GetString());
        Assert.Equal("UnknownMetric", json.RootElement.GetProperty("code").GetString());
        Assert.Equal("values.pm26", json.RootElement.GetProperty("field").GetString());
        await client.UnsubscribeAsync("sc/v1/340104/d1/error", stop);
        await client.PingAsync(stop);
        await client.DisconnectAsync(cancellationToken: stop);
    }

    [Fact]
    public async Task A_version_5_client_learns_the_limits_in_connack()
    {
        await using var edge = await MqttEdge.StartAsync();
        using var client = new MqttClientFactory().CreateMqttClient();
        var options = new MqttClientOptionsBuilder()
            .WithTcpServer("127.0.0.1", edge.EndPoint.Port)
            .WithProtocolVersion(MQTTnet.Formatter.MqttProtocolVersion.V500)
            .WithClientId(string.Empty)
            .WithCredentials("token-d1")
            .Build();
        var result = await client.ConnectAsync(options, TestContext.Current.CancellationToken);
        Assert.Equal(256, (int)result.ReceiveMaximum!);
        Assert.Equal(16, result.TopicAliasMaximum);
        Assert.Equal(256u * 1024, result.MaximumPacketSize);
        Assert.StartsWith("d1-", result.AssignedClientIdentifier, StringComparison.Ordinal);
        Assert.False(result.SharedSubscriptionAvailable);
    }

    [Fact]
    public async Task The_stop_acknowledges_what_is_on_its_way_and_says_good_bye()
    {
        await using var edge = await MqttEdge.StartAsync();
        Assert.True(edge.Ready.IsReady);
        edge.Ingest.Holds = true;
        using var client = await edge.ConnectAsync(isVersion5: true);
        await client.SendAsync(Packets.Publish(Packets.Topic, """{"values":{"pm25":1}}""", isVersion5: true));
        await MqttEdge.UntilAsync(() => edge.Ingest.HeldCount == 1);
        var stop = edge.StopAsync();
        Assert.False(edge.Ready.IsReady);
        edge.Ingest.ReleaseAllBackwards();
        Assert.Equal(RawMqtt.PubAck, (await client.NextAsync()).Type);
        var last = await client.ReadToEndAsync();
        Assert.Equal((RawMqtt.Disconnect, 0x8B), (last!.Type, last.Body[0]));
        await stop;
    }

    [Fact]
    public void Wrong_settings_name_their_key()
    {
        var problems = new MqttEdgeOptions { Port = 70_000, Address = "nowhere" }.Problems();
        Assert.Equal(["Mqtt:Address must be an IP address.", "Mqtt:Port must lie in [0, 65535], not 70000."], problems);
        Assert.Empty(new MqttEdgeOptions().Problems());
    }
}
