using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Google.Protobuf;
using MQTTnet;
using MQTTnet.Exceptions;
using MQTTnet.Formatter;
using MQTTnet.Protocol;
using SmartCommunity.Simulation.Devices;
using SmartCommunity.Simulation.Products;
using SmartCommunity.Simulation.Worlds;
using SmartCommunity.V1;
using Xunit;

namespace SmartCommunity.Simulation;

/// <summary>Devices behind a gateway, and strangers' forms of payload, against the whole product.</summary>
public sealed class GatewayTests
{
    private const string Gateway = "air-3";
    private const int Packets = 100;
    private const int ReadingsEach = 50;
    private const int KillAfter = 40;
    private static readonly string[] Children = ["air-0", "street-1"];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_day_of_ten_thousand_stored_readings_comes_through_the_gateway_in_order_and_once()
    {
        using var folder = new TempFolder();
        await using var product = await Product.StartAsync(new(folder.Path), Cancellation);
        using var world = await World.BuildAsync(product, Cancellation);
        foreach (var child in Children)
        {
            await world.Api.Devices.UpdateDeviceAsync(
                new() { Device = new() { Name = $"{World.Name}/devices/{child}", Gateway = $"{World.Name}/devices/{Gateway}" } }, world.Api.Headers, cancellationToken: Cancellation);
        }

        var day = Day();
        var acknowledged = 0;
        var sending = SendAsync(product, day, 0, () => acknowledged++);
        await Until.TrueAsync(() => Volatile.Read(ref acknowledged) >= KillAfter, TimeSpan.FromMinutes(1), "packets were acknowledged", Cancellation);
        await product.KillAsync();
        await sending;
        Assert.InRange(acknowledged, KillAfter, Packets - 1);
        await product.RestartAsync(Cancellation);
        await SendAsync(product, day, acknowledged, () => acknowledged++);
        Assert.Equal(Packets, acknowledged);
        await IsStoredOnceAsync(world);
        var hash = await world.Api.StateHashAsync(World.Name, Cancellation);
        await SendAsync(product, day, 0, () => acknowledged++);
        Assert.Equal(2 * Packets, acknowledged);
        await IsStoredOnceAsync(world);
        Assert.Equal(hash, await world.Api.StateHashAsync(World.Name, Cancellation));
    }

    [Fact]
    public async Task A_command_reaches_a_device_through_its_gateway_and_is_answered_there_until_the_device_is_taken_away()
    {
        using var folder = new TempFolder();
        await using var product = await Product.StartAsync(new(folder.Path), Cancellation);
        using var world = await World.BuildAsync(product, Cancellation);
        var child = $"{World.Name}/devices/{Children[0]}";
        var topics = $"sc/v1/{World.District}/{Children[0]}/";
        await world.Api.Devices.UpdateDeviceAsync(
            new() { Device = new() { Name = child, Gateway = $"{World.Name}/devices/{Gateway}" } }, world.Api.Headers, cancellationToken: Cancellation);
        await using var socket = await DeviceSocket.ConnectAsync(product.MqttPort, Gateway, World.Tokens[Gateway], Cancellation);
        await socket.SubscribeAsync(topics + "cmd/#", Cancellation);
        await socket.SubscribeAsync($"sc/v1/{World.District}/+/error", Cancellation);
        var first = await IssueAsync("first");
        var heard = await socket.ReadCommandAsync(Cancellation);
        Assert.Equal(topics + "cmd/first", heard.Topic);
        await socket.AcknowledgeAsync(heard.Packet, Cancellation);
        await IsAsync(first, CommandState.Delivered);
        await socket.PublishAsync(heard.Topic + "/reply", Utf8("""{"done":true}"""), 7, again: false, Cancellation);
        Assert.Equal(7, await socket.ReadAckAsync(Cancellation));
        await IsAsync(first, CommandState.Answered);
        await socket.PublishAsync(topics + "telemetry", Utf8("""{"values":{"none":1}}"""), 8, again: false, Cancellation);
        Assert.Equal(topics + "error", (await socket.ReadCommandAsync(Cancellation)).Topic);

        // A newer connection of the gateway carries until the device is taken away: then the device itself, which had subscribed before it, goes on.
        await using var own = await DeviceSocket.ConnectAsync(product.MqttPort, Children[0], World.Tokens[Children[0]], Cancellation);
        await own.SubscribeAsync(topics + "cmd/#", Cancellation);
        await using var newer = await DeviceSocket.ConnectAsync(product.MqttPort, Gateway + ":newer", World.Tokens[Gateway], Cancellation);
        await newer.SubscribeAsync(topics + "cmd/#", Cancellation);
        var second = await IssueAsync("second");
        Assert.Equal(topics + "cmd/second", (await newer.ReadCommandAsync(Cancellation)).Topic);
        await world.Api.Devices.UpdateDeviceAsync(
            new() { Device = new() { Name = child }, UpdateMask = new() { Paths = { "gateway" } } }, world.Api.Headers, cancellationToken: Cancellation);
        heard = await own.ReadCommandAsync(Cancellation);
        Assert.Equal(topics + "cmd/second", heard.Topic);
        await own.AcknowledgeAsync(heard.Packet, Cancellation);
        await IsAsync(second, CommandState.Delivered);

        async Task<string> IssueAsync(string id) => (await world.Api.Commands.CreateDeviceCommandAsync(
            new() { Parent = child, CommandId = id, Command = new() { CommandName = "open", Body = new(), Ttl = Api.Seconds(600) } },
            world.Api.Headers,
            cancellationToken: Cancellation)).Command.Name;

        Task IsAsync(string name, CommandState state) => Until.TrueAsync(
            async cancellation => (await world.Api.Commands.GetDeviceCommandAsync(new() { Name = name }, world.Api.Headers, cancellationToken: cancellation)).Command.State == state,
            TimeSpan.FromSeconds(30),
            () => $"{name} is {state}",
            Cancellation);
    }

    [Fact]
    public async Task Every_form_of_payload_arrives_from_mosquitto_pub()
    {
        Mosquitto.RequireOrSkip();
        using var folder = new TempFolder();
        await using var product = await Product.StartAsync(new(folder.Path), Cancellation);
        using var world = await World.BuildAsync(product, Cancellation);
        await world.Api.Profiles.UpdateProfileAsync(
            new()
            {
                Profile = new()
                {
                    Name = $"{World.Name}/profiles/air",
                    Decoder = new() { Layouts = { new DecoderLayout { LengthBytes = 2, Fields = { new DecoderField { Metric = "pm25", Type = "u16be", Scale = 0.1 } } } } },
                },
            },
            world.Api.Headers,
            cancellationToken: Cancellation);
        var message = new TelemetryMessage { Id = "p", Values = { new TelemetryValue { Metric = "pm25", Value = 4 } } };
        var raw = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(raw, 50);
        string[] attributes =
        [
            "-D", "publish", "user-property", "specversion", "1.0", "-D", "publish", "user-property", "id", "b",
            "-D", "publish", "user-property", "source", "s", "-D", "publish", "user-property", "type", "t",
        ];
        await SendAsync(Utf8("""{"id":"j","values":{"pm25":1}}"""));
        await SendAsync(
            Utf8("""{"specversion":"1.0","id":"c","source":"s","type":"t","data":{"values":{"pm25":2}}}"""), "-D", "publish", "content-type", "application/cloudevents+json");
        await SendAsync(Utf8("""[{"bn":"x:","n":"pm25","u":"ug/m3","v":3}]"""), "-D", "publish", "content-type", "application/senml+json");
        await SendAsync(message.ToByteArray(), "-D", "publish", "content-type", "application/x-protobuf");
        await SendAsync(raw, "-D", "publish", "content-type", "application/octet-stream");
        await SendAsync(Utf8("""{"values":{"pm25":6}}"""), attributes);
        var readings = await world.Api.ReadingsAsync($"{World.Name}/devices/air-0", Cancellation);
        Assert.Equal([1.0, 2, 3, 4, 5, 6], readings.Select(r => r.Value));
        Assert.Equal(["j", "s c", "p", "s b"], readings.Select(r => r.MessageId).Where(id => id.Length > 0));

        async Task SendAsync(byte[] payload, params string[] properties)
        {
            var file = Path.Combine(folder.Path, "payload");
            await File.WriteAllBytesAsync(file, payload, Cancellation);
            var token = World.Tokens["air-0"];
            Assert.Equal(0, await Mosquitto.PublishFileAsync(product.MqttPort, token, $"sc/v1/{World.District}/air-0/telemetry", file, properties, Cancellation));
        }
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    /// <summary>Readings of yesterday, evenly over the day, oldest first.</summary>
    private static List<byte[]> Day()
    {
        var beginMs = TimeProvider.System.GetUtcNow().AddDays(-1).ToUnixTimeMilliseconds();
        const int stepMs = 24 * 3600 * 1000 / (Packets * ReadingsEach);
        return [.. Enumerable.Range(0, Packets).Select(packet => Utf8("{" + string.Join(',', Children.Select(child => Of(child, packet))) + "}"))];

        string Of(string child, int packet) =>
            $"\"{child}\":[" + string.Join(',', Enumerable.Range(packet * ReadingsEach, ReadingsEach).Select(i => Reading(child, i))) + "]";

        string Reading(string child, int i) => string.Create(
            CultureInfo.InvariantCulture, $"{{\"id\":\"{child}-{i}\",\"ts\":{beginMs + ((long)i * stepMs)},\"values\":{{\"pm25\":{i % 100}}}}}");
    }

    /// <summary>Sends the packets one after the other until the connection breaks.</summary>
    private static async Task SendAsync(Product product, List<byte[]> packets, int from, Action onAcknowledged)
    {
        using var client = new MqttClientFactory().CreateMqttClient();
        var options = new MqttClientOptionsBuilder()
            .WithTcpServer("127.0.0.1", product.MqttPort)
            .WithProtocolVersion(MqttProtocolVersion.V500)
            .WithClientId(Gateway)
            .WithCredentials(World.Tokens[Gateway], string.Empty)
            .Build();
        try
        {
            await client.ConnectAsync(options, Cancellation);
            foreach (var packet in packets.Skip(from))
            {
                var answer = await client.PublishBinaryAsync("v1/gateway/telemetry", packet, MqttQualityOfServiceLevel.AtLeastOnce, cancellationToken: Cancellation);
                Assert.Equal(MqttClientPublishReasonCode.Success, answer.ReasonCode);
                onAcknowledged();
            }
        }
        catch (Exception broke) when (broke is MqttCommunicationException or OperationCanceledException && !Cancellation.IsCancellationRequested)
        {
            // The server was killed: exactly what is tried here.
            Console.WriteLine($"The connection broke ({broke.GetType().Name}).");
        }
    }

    private static async Task IsStoredOnceAsync(World world)
    {
        foreach (var child in Children)
        {
            var readings = await world.Api.ReadingsAsync($"{World.Name}/devices/{child}", Cancellation);
            Assert.Equal(Enumerable.Range(0, Packets * ReadingsEach).Select(i => $"{child}-{i}"), readings.Select(r => r.MessageId));

            // Event order is journal order: what was measured later was never received earlier.
            var received = readings.Select(r => r.ReceiveTime.ToDateTimeOffset()).ToList();
            Assert.Equal(received.Order(), received);
        }

        Assert.Empty(await world.Api.QuarantineAsync(World.Name, Cancellation));
        var sensors = (await world.Api.TwinsAsync(World.Name, Cancellation)).SelectMany(t => t.Sensors);
        Assert.Equal(Children, sensors.Where(s => s.Online).Select(s => s.Device.Split('/')[^1]).Order(StringComparer.Ordinal));
    }
}
