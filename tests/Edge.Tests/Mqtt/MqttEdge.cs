using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SmartCommunity.Grains.DeviceCommands;
using SmartCommunity.Grains.Ingest;
using SmartCommunity.Mqtt;
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

    public IMqttReady Ready => host.Services.GetRequiredService<IMqttReady>();

    public MqttMetrics Metrics => host.Services.GetRequiredService<MqttMetrics>();

    public static async Task<MqttEdge> StartAsync(MqttEdgeOptions? options = null)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.ClearProviders();
        var ingest = new FakeIngest();
        var directory = new FakeDirectory();
        var commands = new FakeCommands(ingest);
        builder.Services.AddSingleton<IIngest>(commands);
        builder.Services.AddSingleton<ICommandDirectory>(commands);
        builder.Services.AddSingleton<IDeviceDirectory>(directory);
        builder.Services.AddSmartCommunityMqtt((options ?? new MqttEdgeOptions()) with { Port = 0 });
        var host = builder.Build();
        await host.StartAsync();
        return new MqttEdge(host, ingest, directory, commands);
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
