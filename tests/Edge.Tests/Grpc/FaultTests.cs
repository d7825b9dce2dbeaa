using System.Net;
using System.Reflection;
using System.Runtime.CompilerServices;
using Google.Rpc;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.Catalogue;
using SmartCommunity.Domain.Districts;
using SmartCommunity.Grains.Directory;
using SmartCommunity.Grains.Feed;
using SmartCommunity.Grpc;
using SmartCommunity.Storage;
using Xunit;

namespace SmartCommunity.Edge.Tests.Grpc;

/// <summary>Broken infrastructure and bugs behind the edge: the caller learns what to do and never what an exception says.</summary>
public sealed class FaultTests
{
    private const string Secret = "connection string with a password";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    // Seen to fail when the message of the exception is passed on.
    [Theory]
    [InlineData(typeof(StoreUnavailableException), StatusCode.Unavailable, "STORE_UNAVAILABLE", true)]
    [InlineData(typeof(Orleans.Runtime.SiloUnavailableException), StatusCode.Unavailable, "SILO_UNAVAILABLE", true)]
    [InlineData(typeof(TimeoutException), StatusCode.DeadlineExceeded, "DEADLINE_EXCEEDED", false)]
    [InlineData(typeof(InvalidOperationException), StatusCode.Internal, "INTERNAL", false)]
    public async Task A_fault_tells_its_kind_and_nothing_else(Type fault, StatusCode code, string reason, bool isRetried)
    {
        var args = fault == typeof(StoreUnavailableException) ? new object?[] { Secret, null } : [Secret];
        await using var edge = await BrokenEdge.StartAsync(new FaultyDirectory(() => throw (Exception)Activator.CreateInstance(fault, args)!));
        var refused = await Errors.RefusedAsync(edge.Buildings.GetBuildingAsync(new() { Name = "districts/340104/buildings/b1" }, BrokenEdge.Auth), code, reason);
        Assert.DoesNotContain(Secret, refused.ToString(), StringComparison.Ordinal);
        Assert.Equal(isRetried, refused.GetRpcStatus()!.GetDetail<RetryInfo>() is not null);
    }

    [Fact]
    public async Task A_call_that_hangs_ends_at_the_servers_cap_though_the_caller_set_no_deadline()
    {
        var hanging = new TaskCompletionSource();
        await using var edge = await BrokenEdge.StartAsync(new FaultyDirectory(() => hanging.Task), new() { UnarySecondsMax = 1 });
        await Errors.RefusedAsync(
            edge.Buildings.GetBuildingAsync(new() { Name = "districts/340104/buildings/b1" }, BrokenEdge.Auth), StatusCode.DeadlineExceeded, "DEADLINE_EXCEEDED");
        hanging.SetResult();
    }

    // Seen to fail when the interceptor calls the method on its own thread.
    [Fact]
    public async Task A_method_that_blocks_its_thread_ends_at_the_servers_cap_too()
    {
        using var blocking = new ManualResetEventSlim();
        await using var edge = await BrokenEdge.StartAsync(new FaultyDirectory(() => Block(blocking)), new() { UnarySecondsMax = 1 });
        await Errors.RefusedAsync(
            edge.Buildings.GetBuildingAsync(new() { Name = "districts/340104/buildings/b1" }, BrokenEdge.Auth), StatusCode.DeadlineExceeded, "DEADLINE_EXCEEDED");
        blocking.Set();
    }

    // Seen to fail when the interceptor looks for the caller on its own thread.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_call_ends_at_the_servers_cap_when_its_credential_cannot_be_looked_up(bool blocks)
    {
        using var blocking = new ManualResetEventSlim();
        var hanging = new TaskCompletionSource();
        var directory = new FaultyDirectory(() => Task.CompletedTask) { KeyAnswer = () => blocks ? Block(blocking) : hanging.Task };
        await using var edge = await BrokenEdge.StartAsync(directory, new() { UnarySecondsMax = 1 });
        await Errors.RefusedAsync(
            edge.Buildings.GetBuildingAsync(new() { Name = "districts/340104/buildings/b1" }, BrokenEdge.Auth), StatusCode.DeadlineExceeded, "DEADLINE_EXCEEDED");
        if (!blocks)
        {
            using var watch = edge.Events.WatchEvents(new() { Parent = "districts/340104" }, BrokenEdge.Auth);
            await Errors.RefusedAsync(() => watch.ResponseStream.MoveNext(Cancellation), StatusCode.DeadlineExceeded, "DEADLINE_EXCEEDED");
        }

        blocking.Set();
        hanging.SetResult();
    }

    [Fact]
    public async Task An_import_that_hangs_ends_at_its_own_cap()
    {
        var hanging = new TaskCompletionSource();
        await using var edge = await BrokenEdge.StartAsync(new FaultyDirectory(() => hanging.Task), new() { ImportSecondsMax = 1 });
        var request = new V1.ImportDevicesRequest
        {
            Parent = "districts/340104",
            Rows = { new V1.DeviceRow { Row = 1, DeviceId = "d1", Device = Sample.Device("districts/340104/buildings/b1") } },
        };
        await Errors.RefusedAsync(edge.Devices.ImportDevicesAsync(request, BrokenEdge.Auth), StatusCode.DeadlineExceeded, "DEADLINE_EXCEEDED");
        hanging.SetResult();
    }

    [Fact]
    public async Task A_watch_ends_with_unavailable_when_the_server_stops()
    {
        await using var edge = await BrokenEdge.StartAsync(new FaultyDirectory(() => Task.CompletedTask));
        using var watch = edge.Events.WatchEvents(new() { Parent = "districts/340104", Cursor = "7" }, BrokenEdge.Auth);
        Assert.True(await watch.ResponseStream.MoveNext(Cancellation));
        Assert.Equal("7", watch.ResponseStream.Current.Cursor);
        var stopped = edge.StopAsync();
        var ended = await Errors.RefusedAsync(() => watch.ResponseStream.MoveNext(Cancellation), StatusCode.Unavailable, "SILO_UNAVAILABLE");
        Assert.NotNull(ended.GetRpcStatus()!.GetDetail<RetryInfo>());
        await stopped;
    }

    private static Task Block(ManualResetEventSlim until)
    {
        until.Wait(Cancellation);
        return Task.CompletedTask;
    }

    /// <summary>The real edge with nothing behind it but what a test puts there.</summary>
    private sealed class BrokenEdge(WebApplication app, GrpcChannel channel) : IAsyncDisposable
    {
        public static Metadata Auth => new() { { "x-api-key", "any" } };

        public V1.BuildingService.BuildingServiceClient Buildings { get; } = new(channel);

        public V1.DeviceService.DeviceServiceClient Devices { get; } = new(channel);

        public V1.EventService.EventServiceClient Events { get; } = new(channel);

        public static async Task<BrokenEdge> StartAsync(IDirectory directory, GrpcEdgeOptions? options = null)
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.Configuration.Sources.Clear();
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, o => o.Protocols = HttpProtocols.Http2));
            builder.Services
                .AddSingleton(directory)
                .AddSingleton<IFeed, SilentFeed>()
                .AddSingleton(DispatchProxy.Create<IJournal, FarJournal>())
                .AddSingleton(DispatchProxy.Create<IViews, Nothing>())
                .AddSingleton(DispatchProxy.Create<IReadings, Nothing>())
                .AddSingleton(DispatchProxy.Create<IGrainFactory, Nothing>())
                .AddSmartCommunityGrpc(options);
            var app = builder.Build();
            app.MapSmartCommunityGrpc();
            await app.StartAsync(Cancellation);
            return new(app, Channels.Open(app.Urls.Single()));
        }

        public Task StopAsync() => app.StopAsync();

        public async ValueTask DisposeAsync()
        {
            channel.Dispose();
            await app.DisposeAsync();
        }
    }

    private sealed class FaultyDirectory(Func<Task> answer) : IDirectory
    {
        public async ValueTask<T?> GetAsync<T>(string district, string id, CancellationToken cancellation)
            where T : class
        {
            await answer();
            return null;
        }

        /// <summary>What looking for an API key waits for.</summary>
        public Func<Task> KeyAnswer { get; init; } = () => Task.CompletedTask;

        public async ValueTask<ApiKeyOwner?> FindApiKeyAsync(string key, CancellationToken cancellation)
        {
            await KeyAnswer();
            return new ApiKeyOwner("340104", "k1");
        }

        public ValueTask<DirectoryPage<T>> ListAsync<T>(DirectoryQuery query, CancellationToken cancellation)
            where T : class => throw new NotSupportedException();

        public ValueTask<DistrictCatalogue?> CatalogueAsync(string district, CancellationToken cancellation) => throw new NotSupportedException();

        public ValueTask<AreaCode?> LocateAsync(string district, GeoPoint point, CancellationToken cancellation) => throw new NotSupportedException();

        public ValueTask<Rollup> RollupAsync(AreaCode area, DateTimeOffset now, CancellationToken cancellation) => throw new NotSupportedException();

        public ValueTask<StateHash> StateHashAsync(string district, CancellationToken cancellation) => throw new NotSupportedException();
    }

    /// <summary>A feed without news.</summary>
    private sealed class SilentFeed : IFeed
    {
        public async IAsyncEnumerable<FeedBatch> WatchAsync(
            string district, FeedFilter filter, long? afterPosition, [EnumeratorCancellation] CancellationToken cancellation)
        {
            var ended = new TaskCompletionSource();
            await using var registration = cancellation.Register(() => ended.TrySetCanceled(cancellation));
            await ended.Task;
            yield break;
        }
    }
}

/// <summary>Stands for what the test does not reach.</summary>
public class Nothing : DispatchProxy
{
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => throw new NotSupportedException(targetMethod?.Name);
}

/// <summary>A log that has got beyond every cursor of the tests, and nothing else.</summary>
public class FarJournal : Nothing
{
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        targetMethod?.Name == "get_" + nameof(IJournal.CommittedPosition) ? long.MaxValue : base.Invoke(targetMethod, args);
}
