using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MQTTnet.AspNetCore;
using MQTTnet.Server;

namespace SmartCommunity.Benchmarks.Sides;

/// <summary>The other side: MQTTnet's broker on Kestrel with an empty handler. It checks nothing, stores nothing and tells no one.</summary>
internal static class BrokerSide
{
    public static async Task<Side> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(System.Net.IPAddress.Loopback, 0, l => l.UseMqtt()));
        builder.Services.AddConnections();
        builder.Services.AddMqttConnectionHandler();
        builder.Services.AddHostedMqttServer(o => o.WithoutDefaultEndpoint());
        var app = builder.Build();
        var broker = app.Services.GetRequiredService<MqttServer>();
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        broker.StartedAsync += _ =>
        {
            started.TrySetResult();
            return Task.CompletedTask;
        };
        broker.InterceptingPublishAsync += _ => Task.CompletedTask;
        await app.StartAsync();
        await started.Task;
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return new Side(new Uri(address).Port, app.DisposeAsync);
    }
}
