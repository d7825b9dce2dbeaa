using System.Diagnostics;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using Microsoft.Extensions.Options;
using SmartCommunity.Client;
using Xunit;

namespace SmartCommunity.Edge.Tests.Clients;

/// <summary>What the package makes of answers, one by one.</summary>
public sealed class RepeatTests
{
    // Seen to fail with the id made anew for each attempt.
    [Fact]
    public async Task Every_attempt_carries_the_same_request_id_and_the_wish_of_the_platform_is_kept()
    {
        var wish = TimeSpan.FromMilliseconds(300);
        var invoker = new Refusing(2, Code.Unavailable, wish);
        var began = Stopwatch.GetTimestamp();
        await Client(invoker).Devices.RevokeDeviceAsync(new() { Name = "districts/340104/devices/d" }, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(3, invoker.RequestIds.Count);
        Assert.NotEmpty(Assert.Single(invoker.RequestIds.Distinct()));

        // A timer ticks more coarsely than the stopwatch, so it may end a little before its time.
        Assert.InRange(Stopwatch.GetElapsedTime(began), wish * 2 * 0.9, TimeSpan.MaxValue);
    }

    [Fact]
    public async Task A_limit_that_passes_is_waited_for_and_one_that_does_not_is_told()
    {
        var passing = new Refusing(1, Code.ResourceExhausted, TimeSpan.FromMilliseconds(1));
        await Client(passing).Devices.RevokeDeviceAsync(new(), cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(2, passing.RequestIds.Count);
        var lasting = new Refusing(1, Code.ResourceExhausted, null);
        await Assert.ThrowsAsync<SmartCommunityException>(async () =>
            await Client(lasting).Devices.RevokeDeviceAsync(new(), cancellationToken: TestContext.Current.CancellationToken));
        Assert.Single(lasting.RequestIds);
    }

    [Fact]
    public async Task Attempts_end_at_their_limit_and_the_failure_tells_the_id_to_repeat_with()
    {
        var invoker = new Refusing(100, Code.Unavailable, null);
        var failed = await Assert.ThrowsAsync<SmartCommunityException>(async () =>
            await Client(invoker).Devices.RevokeDeviceAsync(new(), cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal(4, invoker.RequestIds.Count);
        Assert.Equal(invoker.RequestIds[0], failed.RequestId);
    }

    private static SmartCommunityClient Client(CallInvoker invoker) => new(
        invoker,
        Options.Create(new SmartCommunityOptions { ApiKey = "k", District = "340104", AttemptsMax = 4, PauseMin = TimeSpan.FromMilliseconds(1) }),
        TimeProvider.System);

    /// <summary>Refuses the first calls and keeps the request ids.</summary>
    private sealed class Refusing(int times, Code code, TimeSpan? wish) : CallInvoker
    {
        public List<string> RequestIds { get; } = [];

        public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
        {
            RequestIds.Add(((V1.RevokeDeviceRequest)(object)request).RequestId);
            var answer = RequestIds.Count <= times
                ? Task.FromException<TResponse>(Refusal())
                : Task.FromResult((TResponse)(object)new V1.RevokeDeviceResponse());
            return new(answer, Task.FromResult(new Metadata()), () => global::Grpc.Core.Status.DefaultSuccess, () => [], () => { });
        }

        public override TResponse BlockingUnaryCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) =>
            throw new NotSupportedException();

        public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) =>
            throw new NotSupportedException();

        public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options) =>
            throw new NotSupportedException();

        public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options) =>
            throw new NotSupportedException();

        private RpcException Refusal()
        {
            var status = new Google.Rpc.Status { Code = (int)code, Message = "Not now." };
            if (wish is { } delay)
            {
                status.Details.Add(Any.Pack(new RetryInfo { RetryDelay = Duration.FromTimeSpan(delay) }));
            }

            return status.ToRpcException();
        }
    }
}
