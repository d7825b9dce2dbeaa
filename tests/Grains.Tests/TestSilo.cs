using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using SmartCommunity.Grains;
using SmartCommunity.Grains.Observing;
using SmartCommunity.Storage;
using SmartCommunity.Storage.Sqlite;

namespace SmartCommunity.Grains.Tests;

/// <summary>One silo on loopback with the real store in its own folder. It can be stopped and started again on the same folder.</summary>
/// <remarks>A plain host, set up as production is: so the grain directory is production's, not the strongly consistent one of the test cluster.</remarks>
internal sealed class TestSilo : IAsyncDisposable
{
    private readonly string folder = Path.Combine(Path.GetTempPath(), "sc-grains-" + Guid.NewGuid().ToString("n"));
    private readonly Dictionary<string, string?> settings;
    private IHost? host;
    private SqliteStore? store;

    private readonly Action<IServiceCollection>? replace;

    private TestSilo(Dictionary<string, string?> settings, Action<IServiceCollection>? replace) => (this.settings, this.replace) = (settings, replace);

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 11, 23, 4, 0, 0, TimeSpan.Zero));

    public FaultyJournal Journal { get; private set; } = null!;

    public SqliteStore Store => store!;

    public IGrainFactory Grains => Get<IGrainFactory>();

    public static Task<TestSilo> StartAsync(params (string Key, string Value)[] options) => StartAsync(null, options);

    /// <param name="replace">Puts other services in the place of production's.</param>
    public static async Task<TestSilo> StartAsync(Action<IServiceCollection>? replace, params (string Key, string Value)[] options)
    {
        var silo = new TestSilo(options.ToDictionary(o => $"{GrainsOptions.Section}:{o.Key}", o => (string?)o.Value), replace);
        await silo.OpenAsync();
        return silo;
    }

    public T Get<T>()
        where T : notnull => host!.Services.GetRequiredService<T>();

    public async Task RestartAsync()
    {
        await CloseAsync();
        await OpenAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        System.IO.Directory.Delete(folder, recursive: true);
    }

    /// <summary>Waits until a condition holds; fails after ten real seconds.</summary>
    public static async Task UntilAsync(Func<ValueTask<bool>> holds)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (!await holds())
        {
            await timer.WaitForNextTickAsync(limit.Token);
        }
    }

    private static int[] FreePorts(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToArray();
        foreach (var listener in listeners)
        {
            listener.Start();
        }

        var ports = listeners.Select(l => ((IPEndPoint)l.LocalEndpoint).Port).ToArray();
        foreach (var listener in listeners)
        {
            listener.Dispose();
        }

        return ports;
    }

    private async Task OpenAsync()
    {
        var options = new SqliteStoreOptions { Folder = folder };
        store = SqliteStore.Open(options);
        Journal = new(store);
        var ports = FreePorts(2);
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(new RoomClock(Time));
        builder.Services.AddSingleton<IJournal>(Journal);
        builder.Services.AddSingleton<IViews>(store);
        builder.Services.AddSingleton<IReadings>(store);
        builder.UseOrleans(silo => silo.UseEmbeddedClustering(ports[0], ports[1]).AddSmartCommunityGrains(options.SnapshotConnectionString));
        replace?.Invoke(builder.Services);
        host = builder.Build();
        await host.StartAsync();
    }

    private async Task CloseAsync()
    {
        if (host is not null)
        {
            await host.StopAsync();
            host.Dispose();
            host = null;
        }

        if (store is not null)
        {
            await store.DisposeAsync();
            store = null;
        }
    }
}
