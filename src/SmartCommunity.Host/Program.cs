using System.Diagnostics;
using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using SmartCommunity.Grains;
using SmartCommunity.Grains.Keeping;
using SmartCommunity.Grains.Webhooks;
using SmartCommunity.Grpc;
using SmartCommunity.Grpc.Health;
using SmartCommunity.Host.Demo;
using SmartCommunity.Host.Health;
using SmartCommunity.Host.Settings;
using SmartCommunity.Host.Verbs;
using SmartCommunity.Mqtt;
using SmartCommunity.Storage;
using SmartCommunity.Storage.Sqlite;
using SmartCommunity.Webhooks;

namespace SmartCommunity.Host;

/// <summary>The composition root: the only place that knows every room.</summary>
internal static class Program
{
    /// <summary>An app that is silent for so long is asked whether it is still there.</summary>
    private static readonly TimeSpan PingAfter = TimeSpan.FromSeconds(30);

    /// <summary>An app that has not answered that by then is gone; its watches end.</summary>
    private static readonly TimeSpan PingTimeout = TimeSpan.FromSeconds(20);

    public static Task<int> Main(string[] args) => Verb.Find(args) ?? RunAsync(args, _ => { });

    /// <summary>Runs the product until it is told to stop. Answers the exit code: 0 after an orderly stop, 1 when it could not start.</summary>
    /// <param name="change">Tests compose the same product with one part exchanged.</param>
    public static async Task<int> RunAsync(string[] args, Action<IServiceCollection> change)
    {
        try
        {
            var began = Stopwatch.GetTimestamp();
            var settings = HostSettings.Read(args);
            await using var store = SqliteStore.Open(settings.Store);
            (var demo, settings) = DemoStart.Prepare(settings);
            await using var app = Compose(settings, store, change, out var kestrel);
            await app.StartAsync();
            await FinishStartAsync(app, settings, demo, kestrel(), began);
            await app.WaitForShutdownAsync();
            return 0;
        }
        catch (Exception refused) when (refused is StartRefusedException or StoreUnavailableException or InvalidDataException)
        {
            await Console.Error.WriteLineAsync(refused.Message);
            return 1;
        }
    }

    private static WebApplication Compose(HostSettings settings, SqliteStore store, Action<IServiceCollection> change, out Func<PortSettings> bound)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddConfiguration(settings.Configuration);
        Logs.Configure(builder.Logging, settings.Log);
        var (ports, address) = (settings.Ports, settings.Address);
        ListenOptions? http = null, grpc = null;
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            (kestrel.Limits.Http2.KeepAlivePingDelay, kestrel.Limits.Http2.KeepAlivePingTimeout) = (PingAfter, PingTimeout);
            kestrel.Listen(address, ports.Http, o => (http = o).Protocols = HttpProtocols.Http1);
            kestrel.Listen(address, ports.Grpc, o => (grpc = o).Protocols = HttpProtocols.Http2);
        });
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(settings.Shutdown.DrainSecondsMax));
        builder.Services
            .AddSingleton(TimeProvider.System)
            .AddSingleton<IJournal>(store)
            .AddSingleton<IViews>(store)
            .AddSingleton<IReadings>(store)
            .AddSingleton<IStoreHealth>(store)
            .AddSingleton<IStoreCopy>(store)
            .AddSingleton<StartProgress>()
            .AddSingleton<IReadyCheck, StartReady>()
            .AddSingleton<IReadyCheck, SiloReady>()
            .AddSingleton<IReadyCheck, MqttReady>()
            .AddSingleton<IReadyCheck, StoreReady>();

        // Hosted services start in this order and stop in the other: the silo before the devices and the apps.
        builder.UseOrleans(silo => silo
            .AddSmartCommunityGrains(settings.Store.SnapshotConnectionString)
            .UseEmbeddedClustering(ports.Silo, ports.Gateway));
        builder.Services
            .AddSingleton(SigningKey.Open(settings.Store.Folder))
            .AddSingleton(Microsoft.Extensions.Options.Options.Create(settings.Webhooks))
            .AddSmartCommunityMqtt(settings.Mqtt)
            .AddSmartCommunityGrpc(settings.Grpc)
            .AddSmartCommunityWebhooks();
        change(builder.Services);
        var app = builder.Build();
        app.MapSmartCommunityMqtt();
        app.MapSmartCommunityGrpc();
        app.MapGet(AsyncApi.Path, () => Results.Stream(AsyncApi.Open(), AsyncApi.MediaType));
        bound = () => ports with { Http = http!.IPEndPoint!.Port, Grpc = grpc!.IPEndPoint!.Port, Mqtt = app.Services.GetRequiredService<IMqttReady>().EndPoint!.Port };
        return app;
    }

    private static async Task FinishStartAsync(WebApplication app, HostSettings settings, DemoEnv? demo, PortSettings ports, long began)
    {
        var progress = app.Services.GetRequiredService<StartProgress>();
        var summary = demo is null ? null : await DemoStart.RunAsync(app.Services, demo, settings, ports, app.Lifetime.ApplicationStopping);
        progress.WaitingFor = null;
        _ = app.Services.GetRequiredService<Backups>();
        app.Lifetime.ApplicationStopping.Register(() => ServiceNotice.Send(ServiceNotice.Stopping));
        ServiceNotice.Send(ServiceNotice.Ready);
        Banner.Print(settings with { Ports = ports }, summary, Stopwatch.GetElapsedTime(began));
    }
}
