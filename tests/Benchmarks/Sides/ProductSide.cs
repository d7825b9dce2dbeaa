using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Hosting;
using SmartCommunity.Benchmarks.Load;
using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.Buildings;
using SmartCommunity.Domain.Commands;
using SmartCommunity.Domain.Devices;
using SmartCommunity.Domain.Districts;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Domain.Twins;
using SmartCommunity.Grains;
using SmartCommunity.Grains.Directory;
using SmartCommunity.Mqtt;
using SmartCommunity.Storage;
using SmartCommunity.Storage.Sqlite;

namespace SmartCommunity.Benchmarks.Sides;

/// <summary>
/// The product: listener, lanes, grains, journal on SQLite with <c>synchronous=FULL</c>, live feed and sweepers, put together as the host does it. Its
/// district has a rule on the metric that is sent, so that rules are judged too.
/// </summary>
internal static class ProductSide
{
    public static async Task<Side> StartAsync(string folder)
    {
        var (side, services) = await StartSiloAsync(folder);
        await FillAsync(services.GetRequiredService<IGrainFactory>());
        return side;
    }

    /// <summary>The product with its district, still without buildings and devices.</summary>
    public static async Task<(Side Side, IServiceProvider Services)> StartSiloAsync(string folder)
    {
        var store = SqliteStore.Open(new SqliteStoreOptions { Folder = folder });
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<IJournal>(store).AddSingleton<IViews>(store).AddSingleton<IReadings>(store);
        var (silo, gateway) = (FreePort(), FreePort());
        builder.UseOrleans(s => s
            .AddSmartCommunityGrains(new SqliteStoreOptions { Folder = folder }.SnapshotConnectionString)
            .UseEmbeddedClustering(silo, gateway));
        builder.Services.AddSmartCommunityMqtt(new MqttEdgeOptions { Port = 0 });
        var host = builder.Build();
        await host.StartAsync();
        await DefineDistrictAsync(host.Services.GetRequiredService<IGrainFactory>());
        var side = new Side(host.Services.GetRequiredService<IMqttReady>().EndPoint!.Port, async () =>
        {
            await host.StopAsync();
            host.Dispose();
            await store.DisposeAsync();
        });
        return (side, host.Services);
    }

    public static void Expect<T>(Outcome<T> outcome)
    {
        if (outcome.IsRefused)
        {
            throw new InvalidOperationException(outcome.Refusal.ToString());
        }
    }

    private static async Task DefineDistrictAsync(IGrainFactory grains)
    {
        var code = AreaCode.Parse(Fleet.District);
        var context = new CommandContext("system:bench", TimeProvider.System.GetUtcNow());
        var district = grains.District(code);
        Expect(await district.Define(new District(code, "Bench", "Asia/Shanghai", null, 0), WriteCondition.Upsert, context));
        Expect(await district.DefineProfile(Fleet.Profile, WriteCondition.Upsert, context));
        Expect(await district.DefineRule(Fleet.Rule, WriteCondition.Upsert, context));
    }

    private static async Task FillAsync(IGrainFactory grains)
    {
        var code = AreaCode.Parse(Fleet.District);
        var context = new CommandContext("system:bench", TimeProvider.System.GetUtcNow());
        for (var b = 0; b < Fleet.Buildings; b++)
        {
            var id = Fleet.Building(b);
            var building = new Building(id, id.ToString(), "Bench road", new GeoPoint(117.2, 31.8), null, 6, 60, null, 0);
            Expect(await grains.Building(code, id).Define(building, WriteCondition.Upsert, context));
        }

        for (var d = 0; d < Fleet.Devices; d++)
        {
            var mount = TwinKey.Of(Fleet.Building(d));
            var device = new Device(Fleet.Device(d), "sensor", Fleet.Profile.Id, mount, code, false, CredentialHash.Of(Fleet.Token(d)), 0);
            Expect(await grains.Twin(code, mount).DefineDevice(device, WriteCondition.Upsert, context));
        }
    }

    private static int FreePort()
    {
        using var probe = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        probe.Start();
        return ((System.Net.IPEndPoint)probe.LocalEndpoint).Port;
    }
}
