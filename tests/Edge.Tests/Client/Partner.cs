using Microsoft.Extensions.DependencyInjection;
using SmartCommunity.Client;
using SmartCommunity.Edge.Tests.Grpc;

namespace SmartCommunity.Edge.Tests.Clients;

/// <summary>A partner's container as the package's own page says to build it, only less patient.</summary>
internal static class Partner
{
    public static ServiceProvider Services(EdgeHost host, string address, Action<SmartCommunityOptions>? more = null, Action<IHttpClientBuilder>? connection = null)
    {
        var services = new ServiceCollection();
        var builder = services.AddSmartCommunity(o =>
        {
            (o.Address, o.ApiKey, o.District) = (address, host.Key, EdgeHost.District);
            (o.PauseMin, o.PauseMax) = (TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(200));
            o.AttemptsMax = 100;
            more?.Invoke(o);
        });
        connection?.Invoke(builder);
        return services.BuildServiceProvider();
    }
}
