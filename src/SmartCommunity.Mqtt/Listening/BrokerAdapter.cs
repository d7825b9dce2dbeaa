using MQTTnet.Adapter;
using MQTTnet.Diagnostics.Logger;
using MQTTnet.Server;

namespace SmartCommunity.Mqtt.Listening;

/// <summary>The door through which connections of ours reach the broker: it has no listener of its own.</summary>
internal sealed class BrokerAdapter : IMqttServerAdapter
{
    public Func<IMqttChannelAdapter, Task>? ClientHandler { get; set; }

    public Task HandleAsync(IMqttChannelAdapter channel) =>
        ClientHandler is { } handler ? handler(channel) : Task.CompletedTask;

    public Task StartAsync(MqttServerOptions options, IMqttNetLogger logger) => Task.CompletedTask;

    public Task StopAsync() => Task.CompletedTask;

    public void Dispose()
    {
    }
}
