using System.Net;
using System.Net.WebSockets;
using System.Text;
using MQTTnet;
using MQTTnet.Protocol;
using SmartCommunity.Mqtt;
using Xunit;

namespace SmartCommunity.Edge.Tests.Mqtt;

/// <summary>MQTT through WebSocket: another door to the same rules.</summary>
public sealed class WebSocketTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(MQTTnet.Formatter.MqttProtocolVersion.V311)]
    [InlineData(MQTTnet.Formatter.MqttProtocolVersion.V500)]
    public async Task A_client_publishes_through_a_websocket(MQTTnet.Formatter.MqttProtocolVersion version)
    {
        await using var edge = await MqttEdge.StartWebAsync();
        using var client = new MqttClientFactory().CreateMqttClient();
        var options = new MqttClientOptionsBuilder()
            .WithWebSocketServer(o => o.WithUri(Address(edge).ToString()))
            .WithProtocolVersion(version)
            .WithClientId("any")
            .WithCredentials("token-d1")
            .Build();
        await client.ConnectAsync(options, Stop);
        var answer = await client.PublishStringAsync(
            Packets.Topic, """{"id":"w","values":{"pm25":1}}""", MqttQualityOfServiceLevel.AtLeastOnce, cancellationToken: Stop);
        Assert.Equal(MqttClientPublishReasonCode.Success, answer.ReasonCode);
        Assert.Equal(1, edge.Ingest.Effects);
        await client.DisconnectAsync(cancellationToken: Stop);
        await MqttEdge.UntilAsync(() => edge.Metrics.Connections == 0);
    }

    [Fact]
    public async Task Packets_may_be_cut_anywhere_and_several_may_share_a_message()
    {
        await using var edge = await MqttEdge.StartWebAsync();
        using var socket = await OpenAsync(edge);
        foreach (var one in Packets.Connect("d1", "token-d1"))
        {
            await socket.SendAsync(new[] { one }, WebSocketMessageType.Binary, endOfMessage: one % 2 == 0, Stop);
        }

        Assert.Equal([0x20, 2, 0, 0], await ReadAsync(socket, 4));
        byte[] many = [.. Packets.Publish(Packets.Topic, Reading(1), 1), .. Packets.Publish(Packets.Topic, Reading(2), 2), .. Packets.Ping];
        await socket.SendAsync(many, WebSocketMessageType.Binary, true, Stop);
        var answers = await ReadAsync(socket, 10);
        Assert.Equal(2, answers.Count(b => b == 0x40));
        Assert.Equal(1, answers.Count(b => b == 0xD0));
        Assert.Equal(2, edge.Ingest.Effects);
    }

    [Fact]
    public async Task A_packet_as_large_as_is_allowed_passes()
    {
        await using var edge = await MqttEdge.StartWebAsync();
        using var socket = await OpenAsync(edge);
        await socket.SendAsync(Packets.Connect("d1", "token-d1"), WebSocketMessageType.Binary, true, Stop);
        await ReadAsync(socket, 4);
        var reading = Reading(1);
        var room = (256 * 1024) - (2 + Packets.Topic.Length + 2) - reading.Length;
        await socket.SendAsync(Packets.Publish(Packets.Topic, reading + new string(' ', room), 9), WebSocketMessageType.Binary, true, Stop);
        Assert.Equal([0x40, 2, 0, 9], await ReadAsync(socket, 4));
        Assert.Equal(1, edge.Ingest.Effects);
    }

    [Fact]
    public async Task A_text_message_ends_the_connection()
    {
        await using var edge = await MqttEdge.StartWebAsync();
        using var socket = await OpenAsync(edge);
        await socket.SendAsync("hello"u8.ToArray(), WebSocketMessageType.Text, true, Stop);
        Assert.Equal(WebSocketCloseStatus.InvalidMessageType, (await EndAsync(socket)).CloseStatus);
        await MqttEdge.UntilAsync(() => edge.Metrics.Connections == 0);
    }

    [Fact]
    public async Task Caps_time_outs_and_limits_are_those_of_tcp()
    {
        await using var edge = await MqttEdge.StartWebAsync(new MqttEdgeOptions { ConnectTimeoutSeconds = 1, ConnectionsMaxPerAddress = 2 });
        using var silent = await OpenAsync(edge);
        using var large = await OpenAsync(edge);
        using var beyond = await OpenAsync(edge);
        await EndAsync(beyond);
        await large.SendAsync(new byte[] { 0x10, 0xFF, 0xFF, 0xFF, 0x7F, 0 }, WebSocketMessageType.Binary, true, Stop);
        await EndAsync(large);
        await EndAsync(silent);
        await MqttEdge.UntilAsync(() => edge.Metrics.Connections == 0);
    }

    [Fact]
    public async Task The_stop_says_good_bye_here_too()
    {
        await using var edge = await MqttEdge.StartWebAsync();
        using var socket = await OpenAsync(edge);
        await socket.SendAsync(Packets.Connect("d1", "token-d1", isVersion5: true), WebSocketMessageType.Binary, true, Stop);
        Assert.Equal(0x20, (await ReadAsync(socket, 2))[0]);
        var stopped = edge.StopAsync();
        var rest = await DrainAsync(socket);
        Assert.True(rest.AsSpan().LastIndexOf((byte[])[0xE0]) >= 0);
        await stopped;
    }

    [Theory]
    [InlineData(null, "mqtt", HttpStatusCode.SwitchingProtocols)]
    [InlineData(null, "mqttv3.1", HttpStatusCode.BadRequest)]
    [InlineData(null, null, HttpStatusCode.BadRequest)]
    [InlineData("https://console.example.org", "mqtt", HttpStatusCode.SwitchingProtocols)]
    [InlineData("http://localhost:3000", "mqtt", HttpStatusCode.SwitchingProtocols)]
    [InlineData("https://elsewhere.example.org", "mqtt", HttpStatusCode.Forbidden)]
    [InlineData("null", "mqtt", HttpStatusCode.Forbidden)]
    public async Task The_door_opens_for_the_subprotocol_mqtt_and_for_known_pages_only(string? origin, string? subprotocol, HttpStatusCode answer)
    {
        await using var edge = await MqttEdge.StartWebAsync(new MqttEdgeOptions { WebOrigins = "https://console.example.org, https://other.example.org" });
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(edge.Web!, MqttWebSocket.Path));
        request.Headers.Connection.Add("Upgrade");
        request.Headers.Upgrade.ParseAdd("websocket");
        request.Headers.Add("Sec-WebSocket-Version", "13");
        request.Headers.Add("Sec-WebSocket-Key", Convert.ToBase64String(new byte[16]));
        if (origin is not null)
        {
            request.Headers.Add("Origin", origin);
        }

        if (subprotocol is not null)
        {
            request.Headers.Add("Sec-WebSocket-Protocol", subprotocol);
        }

        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Stop);
        Assert.Equal(answer, response.StatusCode);
    }

    [Fact]
    public async Task A_plain_request_is_told_what_to_do()
    {
        await using var edge = await MqttEdge.StartWebAsync();
        using var http = new HttpClient();
        using var response = await http.GetAsync(new Uri(edge.Web!, MqttWebSocket.Path), Stop);
        Assert.Equal(HttpStatusCode.UpgradeRequired, response.StatusCode);
        Assert.Contains("ws://", await response.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
    }

    private static string Reading(int id) => "{\"id\":\"w" + id + "\",\"values\":{\"pm25\":1}}";

    private static Uri Address(MqttEdge edge) => new UriBuilder(edge.Web!) { Scheme = "ws", Path = MqttWebSocket.Path }.Uri;

    private static async Task<ClientWebSocket> OpenAsync(MqttEdge edge)
    {
        var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("mqtt");
        await socket.ConnectAsync(Address(edge), Stop);
        return socket;
    }

    private static async Task<byte[]> ReadAsync(ClientWebSocket socket, int count)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var all = new List<byte>();
        var buffer = new byte[4096];
        while (all.Count < count)
        {
            var result = await socket.ReceiveAsync(buffer, patience.Token);
            Assert.NotEqual(WebSocketMessageType.Close, result.MessageType);
            all.AddRange(buffer.AsSpan(0, result.Count));
        }

        return [.. all];
    }

    private static async Task<byte[]> DrainAsync(ClientWebSocket socket)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var all = new List<byte>();
        var buffer = new byte[4096];
        while (true)
        {
            var result = await socket.ReceiveAsync(buffer, patience.Token);
            if (result.MessageType == WebSocketMessageType.Close)
            {
                return [.. all];
            }

            all.AddRange(buffer.AsSpan(0, result.Count));
        }
    }

    private static async Task<ClientWebSocket> EndAsync(ClientWebSocket socket)
    {
        await DrainAsync(socket);
        return socket;
    }
}
