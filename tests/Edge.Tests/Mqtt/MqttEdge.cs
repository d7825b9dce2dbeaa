using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SmartCommunity.Grains.DeviceCommands;
using SmartCommunity.Grains.Ingest;
using SmartCommunity.Mqtt;
using SmartCommunity.Mqtt.Links;
using Xunit;

namespace SmartCommunity.Edge.Tests.Mqtt;

/// <summary>The listener on a free port, with fakes behind it.</summary>
internal sealed class MqttEdge : IAsyncDisposable
{
    private readonly IHost host;

    private MqttEdge(IHost host, FakeIngest ingest, FakeDirectory directory, FakeCommands commands)
    {
        this.host = host;
        Commands = commands;
        Ingest = ingest;
        Directory = directory;
    }

    public FakeIngest Ingest { get; }

    public FakeDirectory Directory { get; }

    public FakeCommands Commands { get; }

    public IPEndPoint EndPoint => host.Services.GetRequiredService<IMqttReady>().EndPoint!;

    /// <summary>The address of the web host, where there is one.</summary>
    public Uri? Web { get; private init; }

    internal LinkRegistry Links => host.Services.GetRequiredService<LinkRegistry>();

    public IMqttReady Ready => host.Services.GetRequiredService<IMqttReady>();

    public MqttMetrics Metrics => host.Services.GetRequiredService<MqttMetrics>();

    public static async Task<MqttEdge> StartAsync(MqttEdgeOptions? options = null, TimeProvider? clock = null)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(clock ?? TimeProvider.System);
        var (ingest, directory, commands) = Add(builder.Services, options);
        var host = builder.Build();
        await host.StartAsync();
        return new MqttEdge(host, ingest, directory, commands);
    }

    /// <summary>The same with <c>/mqtt</c> on a web host.</summary>
    public static async Task<MqttEdge> StartWebAsync(MqttEdgeOptions? options = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var (ingest, directory, commands) = Add(builder.Services, options);
        var host = builder.Build();
        host.MapSmartCommunityMqtt();
        await host.StartAsync();
        return new MqttEdge(host, ingest, directory, commands) { Web = new Uri(host.Urls.First()) };
    }

    /// <summary>The listener before the real lanes, directories and grains of a product.</summary>
    public static async Task<MqttEdge> StartBeforeAsync(IServiceProvider product)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.ClearProviders();
        builder.Services
            .AddSingleton(product.GetRequiredService<IIngest>())
            .AddSingleton(product.GetRequiredService<IDeviceDirectory>())
            .AddSingleton(product.GetRequiredService<ICommandDirectory>())
            .AddSmartCommunityMqtt(new MqttEdgeOptions { Port = 0 });
        var host = builder.Build();
        await host.StartAsync();
        var ingest = new FakeIngest();
        return new MqttEdge(host, ingest, new FakeDirectory(), new FakeCommands(ingest));
    }

    private static (FakeIngest Ingest, FakeDirectory Directory, FakeCommands Commands) Add(IServiceCollection services, MqttEdgeOptions? options)
    {
        var (ingest, directory) = (new FakeIngest(), new FakeDirectory());
        var commands = new FakeCommands(ingest);
        services.AddSingleton<IIngest>(commands);
        services.AddSingleton<ICommandDirectory>(commands);
        services.AddSingleton<IDeviceDirectory>(directory);
        services.AddSmartCommunityMqtt((options ?? new MqttEdgeOptions()) with { Port = 0 });
        return (ingest, directory, commands);
    }

    public Task<RawMqtt> OpenAsync() => RawMqtt.OpenAsync(EndPoint);

    /// <summary>A connected device; its CONNACK has been read.</summary>
    public async Task<RawMqtt> ConnectAsync(string device = "d1", bool isVersion5 = false, ushort keepAlive = 0, string? clientId = null, string? willTopic = null)
    {
        var client = await OpenAsync();
        await client.SendAsync(Packets.Connect(clientId ?? device, "token-" + device, isVersion5: isVersion5, keepAlive: keepAlive, willTopic: willTopic));
        var answer = await client.NextAsync();
        Assert.Equal(2, answer.Type);
        Assert.Equal(0, answer.Body[1]);
        return client;
    }

    public Task StopAsync() => host.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        host.Dispose();
    }

    /// <summary>Waits until a condition holds; fails after twenty seconds.</summary>
    public static async Task UntilAsync(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (!condition())
        {
            await timer.WaitForNextTickAsync(patience.Token);
        }
    }
}
