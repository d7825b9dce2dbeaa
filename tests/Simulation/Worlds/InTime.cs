using Grpc.Core;
using Grpc.Core.Interceptors;

namespace SmartCommunity.Simulation.Worlds;

/// <summary>Gives every call its deadline: one that is never answered fails its test instead of keeping it for ever.</summary>
internal sealed class InTime : Interceptor
{
    /// <summary>Twice what the server allows itself.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        TRequest request, ClientInterceptorContext<TRequest, TResponse> context, AsyncUnaryCallContinuation<TRequest, TResponse> continuation) =>
        continuation(request, new(context.Method, context.Host, context.Options.WithDeadline((TimeProvider.System.GetUtcNow() + Patience).UtcDateTime)));
}
