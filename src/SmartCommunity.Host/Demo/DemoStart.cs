using System.Globalization;
using SmartCommunity.Domain.Demo;
using SmartCommunity.Grains.Directory;
using SmartCommunity.Host.Health;
using SmartCommunity.Host.Settings;
using SmartCommunity.Storage;

namespace SmartCommunity.Host.Demo;

/// <summary>The demo at the start of the process: its secrets, then its district, then <c>demo.env</c>.</summary>
internal static class DemoStart
{
    /// <summary>The kind of device whose id and token stand in <c>demo.env</c>: one that measures something anybody can imagine.</summary>
    private const string ShownDevices = "env-";

    /// <summary>
    /// Reads the demo's secrets, or makes and writes them before anything is seeded with them: a start that is killed goes on with the same ones.
    /// </summary>
    public static (DemoEnv? Env, HostSettings Settings) Prepare(HostSettings settings)
    {
        if (!settings.Demo.Enabled)
        {
            return (null, settings);
        }

        var old = DemoEnv.Read(settings.Store.Folder);
        string Kept(string name, string prefix) => old.GetValueOrDefault(name) is { Length: > 0 } value ? value : DemoEnv.NewSecret(prefix);
        var secret = Kept("SC_DEMO_SECRET", string.Empty);
        var demo = DemoDistrict.Generate(secret);
        var device = demo.Devices.First(d => d.Id.ToString().StartsWith(ShownDevices, StringComparison.Ordinal)).Id;
        var env = new DemoEnv(
            Kept("SC_API_KEY", "sck_"),
            settings.Grpc.OperatorKeyHash.Length == 0 ? Kept("SC_OPERATOR_KEY", "sco_") : string.Empty,
            device.ToString(),
            DemoTokens.Of(secret, device),
            demo.District.Code.ToString(),
            secret,
            old.GetValueOrDefault("SC_HTTP", string.Empty),
            old.GetValueOrDefault("SC_GRPC", string.Empty),
            old.GetValueOrDefault("SC_MQTT", string.Empty));
        env.Write(settings.Store.Folder);
        return env.OperatorKey.Length == 0
            ? (env, settings)
            : (env, settings with { Grpc = settings.Grpc with { OperatorKeyHash = CredentialHash.Of(env.OperatorKey) } });
    }

    /// <summary>Fills the store when it is empty or was left half filled; answers the banner's line, or null when other districts live here.</summary>
    public static async Task<string?> RunAsync(IServiceProvider services, DemoEnv env, HostSettings settings, PortSettings ports, CancellationToken cancellation)
    {
        var directory = services.GetRequiredService<IDirectory>();
        var districts = await services.GetRequiredService<IViews>().DistrictsAsync(cancellation);
        var demo = DemoDistrict.Generate(env.Secret);
        if (districts.Count > 0 && !districts.Contains(env.District))
        {
            return null;
        }

        if (await directory.FindApiKeyAsync(env.ApiKey, cancellation) is null)
        {
            // The API key is issued last, so that without it the district may be incomplete; every step is harmless to repeat.
            var seeder = ActivatorUtilities.CreateInstance<DemoSeeder>(services, settings.Demo, services.GetRequiredService<StartProgress>());
            await seeder.SeedAsync(demo, env.ApiKey, cancellation);
        }

        (env with { Http = $"http://localhost:{ports.Http}", Grpc = $"localhost:{ports.Grpc}", Mqtt = $"localhost:{ports.Mqtt}" }).Write(settings.Store.Folder);
        var (cells, buildings, volunteers, devices) = (demo.Cells.Length, demo.Buildings.Length, demo.Volunteers.Length, demo.Devices.Length);
        return Banner.IsChinese(Environment.GetEnvironmentVariable)
            ? string.Create(CultureInfo.InvariantCulture, $"演示区 {env.District}：{cells:N0} 个网格，{buildings:N0} 栋楼，{volunteers:N0} 名志愿者，{devices:N0} 台设备")
            : string.Create(CultureInfo.InvariantCulture, $"Demo district {env.District}: {cells:N0} cells, {buildings:N0} buildings, {volunteers:N0} volunteers, {devices:N0} devices");
    }
}
