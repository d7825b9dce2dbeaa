using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using SmartCommunity.Grains.DeviceCommands;
using SmartCommunity.Grains.Ingest;
using SmartCommunity.Mqtt.Commands;
using SmartCommunity.Mqtt.Links;
using SmartCommunity.Mqtt.Listening;
using SmartCommunity.Mqtt.Open;

namespace SmartCommunity.Mqtt;

/// <summary>Registers the MQTT edge.</summary>
public static class MqttServices
{
    /// <summary>
    /// Adds the listener as a hosted service; it needs <see cref="IIngest"/>, <see cref="IDeviceDirectory"/> and <see cref="ICommandDirectory"/>. Throws
    /// <see cref="OptionsValidationException"/> with the offending keys when the settings are wrong.
    /// </summary>
    public static IServiceCollection AddSmartCommunityMqtt(this IServiceCollection services, MqttEdgeOptions options)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(options);
        var problems = options.Problems();
        if (problems.Count > 0)
        {
            throw new OptionsValidationException(MqttEdgeOptions.Section, typeof(MqttEdgeOptions), problems);
        }

        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton<MqttMetrics>();
        services.AddSingleton<OpenBroker>();
        services.AddSingleton<LinkRegistry>();
        services.AddSingleton<ErrorTopic>();
        services.AddSingleton<CommandDesk>();
        services.AddSingleton<StoreGate>();
        services.AddSingleton<AckPump>();
        services.AddSingleton<ChildRoutes>();
        services.AddSingleton(s => new EdgeServices(
            options,
            s.GetRequiredService<IIngest>(),
            s.GetRequiredService<IDeviceDirectory>(),
            s.GetRequiredService<OpenBroker>(),
            s.GetRequiredService<LinkRegistry>(),
            s.GetRequiredService<ErrorTopic>(),
            s.GetRequiredService<CommandDesk>(),
            s.GetRequiredService<StoreGate>(),
            s.GetRequiredService<AckPump>(),
            s.GetRequiredService<ChildRoutes>(),
            s.GetRequiredService<MqttMetrics>(),
            s.GetRequiredService<TimeProvider>(),
            s.GetRequiredService<ILogger<MqttListener>>()));
        services.AddSingleton<MqttConnectionHandler>();
        services.AddSingleton<MqttListener>();
        services.AddSingleton<IMqttReady>(s => s.GetRequiredService<MqttListener>());
        services.AddSingleton<IHostedService>(s => s.GetRequiredService<MqttListener>());
        return services;
    }
}
