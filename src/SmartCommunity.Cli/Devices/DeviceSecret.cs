using System.Globalization;
using System.Text.Json.Nodes;
using SmartCommunity.Cli.Looking;
using SmartCommunity.Cli.Playing;
using SmartCommunity.V1;

namespace SmartCommunity.Cli.Devices;

/// <summary>How a token is shown: once, with a ready line that publishes.</summary>
internal static class DeviceSecret
{
    public static async Task ShowAsync(Session session, Device device, string token, CancellationToken cancellation)
    {
        var server = session.Server;
        var profile = (await server.CallAsync(o => server.Profiles.GetProfileAsync(new() { Name = device.Profile }, o), cancellation)).Profile;
        var publish = PublishLine(session, token, profile);
        session.Results.Document(new JsonObject { ["device"] = device.Name, ["token"] = token, ["publish"] = publish });
        session.Results.Line(device.Name);
        session.Results.Line($"token (shown once): {token}");
        session.Results.Line("try:");
        session.Results.Line($"  sc device tail {Listing.Id(device.Name)}");
        session.Results.Line($"  {publish}");
    }

    private static string PublishLine(Session session, string token, Profile profile)
    {
        var mqtt = session.Settings.Mqtt;
        var values = profile.Metrics.FirstOrDefault() is { } metric
            ? string.Create(CultureInfo.InvariantCulture, $",\"values\":{{\"{metric.Name}\":{Curves.Value(metric, session.Clock.GetUtcNow().ToUnixTimeMilliseconds(), 0.5, smog: false)}}}")
            : "";
        return $"mosquitto_pub -h {mqtt.Host} -p {mqtt.Port} -u {token} -q 1 -t v1/devices/me/telemetry -m '{{\"seq\":1{values}}}'";
    }
}
