using System.Diagnostics;
using System.Globalization;
using Xunit;

namespace SmartCommunity.Edge.Tests.Mqtt;

/// <summary>An MQTT client of another language, unchanged: Eclipse Paho for Python, with the sample of the docs.</summary>
public sealed class PythonTests
{
    private const string Python = "/usr/bin/python3";

    [Theory]
    [InlineData("3.1.1 over TCP")]
    [InlineData("5 over TCP", "--v5")]
    [InlineData("3.1.1 over WebSocket", "--ws")]
    [InlineData("5 over WebSocket", "--v5", "--ws")]
    public async Task The_python_sample_publishes_until_its_message_is_durable(string how, params string[] flags)
    {
        var stop = TestContext.Current.CancellationToken;
        Assert.SkipUnless(File.Exists(Python) && Directory.Exists("/usr/lib/python3/dist-packages/paho/mqtt"), "paho for Python is not installed (Debian package python3-paho-mqtt).");
        await using var edge = await MqttEdge.StartWebAsync();
        var port = flags.Contains("--ws") ? edge.Web!.Port : edge.EndPoint.Port;
        var payload = $$$"""{"id":"{{{how}}}","values":{"pm25":1}}""";
        using var process = Process.Start(new ProcessStartInfo(
            Python,
            [Sample(), .. flags, "127.0.0.1", port.ToString(CultureInfo.InvariantCulture), "token-d1", "v1/devices/me/telemetry", payload])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var (said, complained) = (process.StandardOutput.ReadToEndAsync(stop), process.StandardError.ReadToEndAsync(stop));
        await process.WaitForExitAsync(stop);
        Assert.Equal((0, "durable\n"), (process.ExitCode, await said + await complained));
        Assert.Equal(1, edge.Ingest.Effects);
    }

    private static string Sample()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "SmartCommunity.sln")))
        {
            folder = folder.Parent;
        }

        return Path.Combine(folder.FullName, "docs", "samples", "mqtt", "publish.py");
    }
}
