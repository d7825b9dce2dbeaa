using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Grpc.Core;
using SmartCommunity.Simulation.Devices;
using SmartCommunity.Simulation.Products;
using SmartCommunity.Simulation.Worlds;
using SmartCommunity.V1;
using Xunit;

namespace SmartCommunity.Simulation;

/// <summary>The first thing that anybody tries: one message by a stranger's client, seen everywhere, and still there after a kill.</summary>
public sealed class NewcomerTests
{
    private const string Topic = "v1/devices/me/telemetry";

    private static readonly TimeSpan SeenMax = TimeSpan.FromSeconds(1);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_message_of_mosquitto_pub_is_everywhere_within_a_second_and_survives_a_kill()
    {
        Mosquitto.RequireOrSkip();
        using var folder = new TempFolder();
        await using var product = await Product.StartAsync(new(folder.Path, Demo: true), Cancellation);
        var env = DemoFile.Read(folder.Path);
        using var api = new Api(product.Grpc, env["SC_API_KEY"]);
        var name = $"districts/{env["SC_DISTRICT"]}/devices/{env["SC_DEVICE_ID"]}";
        var (metric, value, mount) = await SubjectAsync(api, name);

        using var watching = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var start = (await FirstPageAsync(api, env["SC_DISTRICT"])).Cursor;
        var seen = WatchForAsync(api, env["SC_DISTRICT"], start, "hello-1", watching.Token);
        var payload = $"{{\"id\":\"hello-1\",\"values\":{{\"{metric}\":{value.ToString(CultureInfo.InvariantCulture)}}}}}";
        Assert.Equal(0, await Mosquitto.PublishAsync(product.MqttPort, env["SC_DEVICE_TOKEN"], Topic, payload, Cancellation));

        var acknowledged = Stopwatch.GetTimestamp();
        await seen.WaitAsync(SeenMax, Cancellation);
        await StandsEverywhereAsync(product, api, env["SC_API_KEY"], name, mount, value);
        Assert.InRange(Stopwatch.GetElapsedTime(acknowledged), TimeSpan.Zero, SeenMax);
        Console.WriteLine($"figure: readings, twin and feed show an acknowledged message after {Stopwatch.GetElapsedTime(acknowledged).TotalMilliseconds:0} ms");
        await watching.CancelAsync();

        await product.KillAsync();
        await product.RestartAsync(Cancellation);
        await StandsEverywhereAsync(product, api, env["SC_API_KEY"], name, mount, value);
        await WatchForAsync(api, env["SC_DISTRICT"], start, "hello-1", Cancellation).WaitAsync(TimeSpan.FromSeconds(10), Cancellation);
        Assert.Equal(0, await Mosquitto.PublishAsync(product.MqttPort, env["SC_DEVICE_TOKEN"], Topic, payload, Cancellation));
        Assert.Single(await api.ReadingsAsync(name, Cancellation));
    }

    private static async Task<(string Metric, double Value, string Mount)> SubjectAsync(Api api, string name)
    {
        var device = (await api.Devices.GetDeviceAsync(new() { Name = name }, api.Headers, cancellationToken: Cancellation)).Device;
        var profile = (await api.Profiles.GetProfileAsync(new() { Name = device.Profile }, api.Headers, cancellationToken: Cancellation)).Profile;
        var metric = profile.Metrics[0];
        return (metric.Name, Math.Round(metric.Min + ((metric.Max - metric.Min) / 4)), device.Mount);
    }

    private static async Task StandsEverywhereAsync(Product product, Api api, string key, string name, string mount, double value)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(product.Http, $"/v1/{name}/readings"));
        request.Headers.Add("x-api-key", key);
        using var response = await http.SendAsync(request, Cancellation);
        using var body = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Cancellation));
        var reading = Assert.Single(body.RootElement.GetProperty("readings").EnumerateArray());
        Assert.Equal("hello-1", reading.GetProperty("messageId").GetString());
        Assert.Equal(value, reading.GetProperty("value").GetDouble());
        var twin = (await api.Twins.GetTwinAsync(new() { Name = $"{mount}/twin" }, api.Headers, cancellationToken: Cancellation)).Twin;
        var sensor = Assert.Single(twin.Sensors, s => s.Device == name);
        Assert.True(sensor.Online);
        Assert.Contains(sensor.Values, v => v.MessageId == "hello-1" && v.Value.Equals(value));
    }

    private static async Task<WatchEventsResponse> FirstPageAsync(Api api, string district)
    {
        using var call = api.Events.WatchEvents(new() { Parent = $"districts/{district}" }, api.Headers, cancellationToken: Cancellation);
        Assert.True(await call.ResponseStream.MoveNext(Cancellation));
        return call.ResponseStream.Current;
    }

    private static async Task WatchForAsync(Api api, string district, string cursor, string messageId, CancellationToken cancellation)
    {
        using var call = api.Events.WatchEvents(
            new() { Parent = $"districts/{district}", Kinds = { EventKind.Telemetry }, Cursor = cursor }, api.Headers, cancellationToken: cancellation);
        await foreach (var page in call.ResponseStream.ReadAllAsync(cancellation))
        {
            if (page.Events.Any(e => e.Reading?.MessageId == messageId))
            {
                return;
            }
        }

        throw new EndOfStreamException("The feed ended.");
    }
}
