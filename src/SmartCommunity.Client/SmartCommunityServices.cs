using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace SmartCommunity.Client;

/// <summary>Brings <see cref="SmartCommunityClient"/> into a container.</summary>
public static class SmartCommunityServices
{
    /// <summary>
    /// Registers <see cref="SmartCommunityClient"/>, to be injected anywhere; all of them share one connection. The answer takes further handlers of HTTP.
    /// </summary>
    public static IHttpClientBuilder AddSmartCommunity(this IServiceCollection services, Action<SmartCommunityOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        services.AddSingleton<IValidateOptions<SmartCommunityOptions>, FaultCheck>();
        services.Configure(configure);
        services.TryAddSingleton(TimeProvider.System);
        return services
            .AddGrpcClient<SmartCommunityClient>((provider, grpc) =>
            {
                grpc.Address = provider.GetRequiredService<IOptions<SmartCommunityOptions>>().Value.Endpoint;
                grpc.ChannelOptionsActions.Add(channel =>
                {
                    channel.MaxReceiveMessageSize = ClientLimits.MessageBytesMax;
                    channel.MaxSendMessageSize = ClientLimits.MessageBytesMax;
                });
            })
            .ConfigurePrimaryHttpMessageHandler(() => Connections.NewHandler());
    }

    private sealed class FaultCheck : IValidateOptions<SmartCommunityOptions>
    {
        public ValidateOptionsResult Validate(string? name, SmartCommunityOptions options) =>
            options.Fault() is { } fault ? ValidateOptionsResult.Fail(fault) : ValidateOptionsResult.Success;
    }
}
