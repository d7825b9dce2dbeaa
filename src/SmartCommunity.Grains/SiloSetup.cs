using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Serialization;
using Orleans.Storage;
using SmartCommunity.Grains.DeviceCommands;
using SmartCommunity.Grains.Directory;
using SmartCommunity.Grains.Feed;
using SmartCommunity.Grains.Ingest;
using SmartCommunity.Grains.Keeping;
using SmartCommunity.Grains.Observing;
using SmartCommunity.Grains.Retention;
using SmartCommunity.Grains.Streams;
using SmartCommunity.Grains.Sweeps;
using SmartCommunity.Grains.Twins;
using SmartCommunity.Grains.Webhooks;

namespace SmartCommunity.Grains;

/// <summary>
/// Puts this room into a host. The host brings the store (<c>IJournal</c>, <c>IViews</c>, <c>IReadings</c>, <c>IStoreCopy</c> as singletons), a
/// <see cref="TimeProvider"/>, and says how silos find each other.
/// </summary>
public static class SiloSetup
{
    /// <summary>What ADO.NET grain storage calls SQLite; the provider behind it is Microsoft.Data.Sqlite.</summary>
    private const string SqliteInvariant = "System.Data.SQLite";

    /// <summary>
    /// Pool threads that are there at once, on machines with fewer cores. Snapshots go through SQLite's provider, which blocks the thread it runs on: with
    /// as many threads as cores, two snapshots would stop ingest on two cores.
    /// </summary>
    private const int PoolThreadsMin = 8;

    /// <summary>Lanes, directory, feed, sweepers, retention and backups.</summary>
    public static IServiceCollection AddSmartCommunityGrains(this IServiceCollection services)
    {
        services.AddOptions<GrainsOptions>().BindConfiguration(GrainsOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<WebhookOptions>().BindConfiguration(WebhookOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton(_ => SigningKey.Random());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(s => new RoomClock(s.GetRequiredService<TimeProvider>()));
        services.AddSingleton<GrainMeters>();
        services.AddSingleton<StreamRoom>();
        services.AddSingleton<TwinRoom>();
        services.AddSingleton<DistrictCaches>();
        services.AddSingleton<CredentialCache>();
        services.AddSingleton<IDeviceDirectory>(s => s.GetRequiredService<CredentialCache>());
        services.AddSingleton<IDirectory, ViewDirectory>();
        services.AddSingleton<ICommandDirectory, CommandDirectory>();
        services.AddSingleton<LiveFeed>();
        services.AddSingleton<IFeed>(s => s.GetRequiredService<LiveFeed>());
        services.AddHostedService(s => s.GetRequiredService<LiveFeed>());
        services.AddSingleton<IngestLanes>();
        services.AddSingleton<IIngest>(s => s.GetRequiredService<IngestLanes>());
        services.AddHostedService(s => s.GetRequiredService<IngestLanes>());
        services.AddHostedService<SweeperStarter>();
        services.AddHostedService<ReadingsRetention>();
        services.AddOptions<BackupOptions>().BindConfiguration(BackupOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<Backups>();
        return services;
    }

    /// <summary>
    /// Everything a silo needs of this room: services, the snapshot store on the journal's own SQLite file, limits, and load shedding. Clustering is
    /// the host's: see <see cref="UseEmbeddedClustering"/>.
    /// </summary>
    /// <param name="snapshotsConnectionString">Microsoft.Data.Sqlite connection string of the file whose migrations made the snapshot tables.</param>
    public static ISiloBuilder AddSmartCommunityGrains(this ISiloBuilder silo, string snapshotsConnectionString)
    {
        ArgumentNullException.ThrowIfNull(silo);
        ThreadPool.GetMinThreads(out var workers, out var completions);
        ThreadPool.SetMinThreads(Math.Max(workers, PoolThreadsMin), completions);
        silo.Services.AddSmartCommunityGrains();
        silo.Services.AddOptions<GrainCollectionOptions>().Configure<Microsoft.Extensions.Options.IOptions<GrainsOptions>>(
            (collection, grains) => collection.CollectionAge = TimeSpan.FromSeconds(grains.Value.GrainIdleSeconds));
        silo.Services.AddOptions<SiloMessagingOptions>().Configure<Microsoft.Extensions.Options.IOptions<GrainsOptions>>(
            (messaging, grains) => messaging.MaxEnqueuedRequestsHardLimit = grains.Value.GrainQueuedRequestsMax);
        silo.Configure<LoadSheddingOptions>(shedding => shedding.LoadSheddingEnabled = true);
        return silo.AddAdoNetGrainStorage(StateNames.Storage, storage => storage.Configure<Serializer>((options, serializer) =>
        {
            options.Invariant = SqliteInvariant;
            options.ConnectionString = snapshotsConnectionString;
            options.GrainStorageSerializer = new OrleansGrainStorageSerializer(serializer);
            options.DeleteStateOnClear = true;
        }));
    }

    /// <summary>One silo in one process, on loopback. Ports 0 are not possible: the host names free ones.</summary>
    public static ISiloBuilder UseEmbeddedClustering(this ISiloBuilder silo, int siloPort, int gatewayPort)
    {
        silo.UseLocalhostClustering(siloPort, gatewayPort, serviceId: "smartcommunity", clusterId: "embedded");
        return silo.Configure<EndpointOptions>(endpoints =>
        {
            endpoints.AdvertisedIPAddress = System.Net.IPAddress.Loopback;
            endpoints.SiloListeningEndpoint = new(System.Net.IPAddress.Loopback, siloPort);
            endpoints.GatewayListeningEndpoint = gatewayPort == 0 ? null : new(System.Net.IPAddress.Loopback, gatewayPort);
        });
    }
}
