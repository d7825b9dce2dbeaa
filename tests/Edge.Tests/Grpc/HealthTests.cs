using System.Net;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Reflection.V1Alpha;
using SmartCommunity.Grpc;
using Xunit;

namespace SmartCommunity.Edge.Tests.Grpc;

[Collection(GrpcCollection.Name)]
public sealed class HealthTests(EdgeHost host)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Readiness_turns_red_and_green_with_its_checks_and_life_goes_on()
    {
        try
        {
            Assert.Equal(HttpStatusCode.OK, await StatusAsync("ready"));
            host.Trouble = "The disk is full: free some space.";
            using var red = await host.Rest.GetAsync(new Uri("/health/ready", UriKind.Relative), Cancellation);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, red.StatusCode);
            Assert.Contains("The disk is full", await red.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
            Assert.Equal(HttpStatusCode.OK, await StatusAsync("live"));
            Assert.Equal(HttpStatusCode.OK, await StatusAsync("startup"));
        }
        finally
        {
            host.Trouble = null;
        }

        Assert.Equal(HttpStatusCode.OK, await StatusAsync("ready"));
    }

    [Fact]
    public async Task Health_and_reflection_answer_without_a_key()
    {
        var health = await new Health.HealthClient(host.Channel).CheckAsync(new(), cancellationToken: Cancellation);
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, health.Status);
        using var call = new ServerReflection.ServerReflectionClient(host.Channel).ServerReflectionInfo(cancellationToken: Cancellation);
        await call.RequestStream.WriteAsync(new() { ListServices = "*" }, Cancellation);
        Assert.True(await call.ResponseStream.MoveNext(Cancellation));
        var services = call.ResponseStream.Current.ListServicesResponse.Service.Select(s => s.Name).ToArray();
        Assert.All(Rpcs.All, rpc => Assert.Contains(rpc.Service.FullName, services));
    }

    [Fact]
    public void An_option_outside_its_range_stops_the_start() => Assert.Throws<System.ComponentModel.DataAnnotations.ValidationException>(() =>
        new Microsoft.Extensions.DependencyInjection.ServiceCollection().AddSmartCommunityGrpc(new() { UnarySecondsMax = 0 }));

    private async Task<HttpStatusCode> StatusAsync(string probe)
    {
        using var answer = await host.Rest.GetAsync(new Uri($"/health/{probe}", UriKind.Relative), Cancellation);
        return answer.StatusCode;
    }
}
