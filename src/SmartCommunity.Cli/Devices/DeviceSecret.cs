using System.Globalization;
using System.Text.Json.Nodes;
using SmartCommunity.Cli.Looking;
using SmartCommunity.Cli.Playing;
using SmartCommunity.V1;

namespace SmartCommunity.Cli.Devices;

/// <summary>How a token or a password is shown: once, with a ready line that publishes.</summary>
internal static class DeviceSecret
{
    public static async Task ShowAsync(Session session, Device device, string token, string password, CancellationToken cancellation)
    {
        var server = session.Server;
        var profile = (await server.CallAsync(o => server.Profiles.GetProfileAsync(new() { Name = device.Profile }, o), cancellation)).Profile;
        var login = token.Length > 0 ? $"-u {token}" : $"-u {device.Username} -P '{password.Replace("'", "'\\''", StringComparison.Ordinal)}'";
        var publish = PublishLine(session, login, profile);
        session.Results.Document(token.Length > 0
            ? new JsonObject { ["device"] = device.Name, ["token"] = token, ["publish"] = publish }
            : new JsonObject { ["device"] = device.Name, ["username"] = device.Username, ["password"] = password, ["publish"] = publish });
        session.Results.Line(device.Name);
        session.Results.Line(token.Length > 0 ? $"token (shown once): {token}" : $"password of {device.Username} (shown once): {password}");
        session.Results.Line("try:");
        session.Results.Line($"  sc device tail {Listing.Id(device.Name)}");
        session.Results.Line($"  {publish}");
    }

    private static string PublishLine(Session session, string login, Profile profile)
    {
        var mqtt = session.Settings.Mqtt;
        var values = profile.Metrics.FirstOrDefault() is { } metric
            ? string.Create(CultureInfo.InvariantCulture, $",\"values\":{{\"{metric.Name}\":{Curves.Value(metric, session.Clock.GetUtcNow().ToUnixTimeMilliseconds(), 0.5, smog: false)}}}")
            : "";
        return $"mosquitto_pub -h {mqtt.Host} -p {mqtt.Port} {login} -q 1 -t v1/devices/me/telemetry -m '{{\"seq\":1{values}}}'";
    }
}
