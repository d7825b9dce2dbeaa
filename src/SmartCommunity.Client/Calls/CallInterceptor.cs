using Google.Protobuf;
using Grpc.Core;
using Grpc.Core.Interceptors;

namespace SmartCommunity.Client.Calls;

/// <summary>
/// Stands around every call: adds the key, the deadline and, once for a logical call, the request id; sends a unary call again while the platform cannot
/// take it; turns failures into <see cref="SmartCommunityException"/>. It repeats by itself and not through gRPC's service config, because that knows nothing of
/// <c>RetryInfo</c> and gives up once the head of an answer came.
/// </summary>
internal sealed class CallInterceptor(SmartCommunityOptions options, TimeProvider clock) : Interceptor
{
    private const string KeyHeader = "x-api-key";
    private const string RequestIdField = "request_id";

    public override TResponse BlockingUnaryCall<TRequest, TResponse>(
        TRequest request, ClientInterceptorContext<TRequest, TResponse> context, BlockingUnaryCallContinuation<TRequest, TResponse> continuation)
    {
        var (sent, id) = WithRequestId(request);
        var dressed = Dressed(context, isStream: false);
        return RepeatAsync(() => Task.FromResult(continuation(sent, dressed)), id, dressed.Options).GetAwaiter().GetResult();
    }

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        TRequest request, ClientInterceptorContext<TRequest, TResponse> context, AsyncUnaryCallContinuation<TRequest, TResponse> continuation)
    {
        var (sent, id) = WithRequestId(request);
        var dressed = Dressed(context, isStream: false);
        var attempts = new Attempts<TResponse>(() => continuation(sent, dressed));
        var response = RepeatAsync(attempts.NextAsync, id, dressed.Options);
        return new(response, attempts.HeadersAsync(response), () => attempts.Latest.GetStatus(), () => attempts.Latest.GetTrailers(), attempts.Dispose);
    }

    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
        TRequest request, ClientInterceptorContext<TRequest, TResponse> context, AsyncServerStreamingCallContinuation<TRequest, TResponse> continuation)
    {
        var call = continuation(request, Dressed(context, isStream: true));
        return new(new ExplainedStream<TResponse>(call.ResponseStream), call.ResponseHeadersAsync, call.GetStatus, call.GetTrailers, call.Dispose);
    }

    private async Task<TResponse> RepeatAsync<TResponse>(Func<Task<TResponse>> attempt, string requestId, CallOptions call)
    {
        var backoff = new Backoff(options);
        for (var attempts = 1; ; attempts++)
        {
            SmartCommunityException failed;
            try
            {
                return await attempt();
            }
            catch (RpcException failure)
            {
                failed = SmartCommunityException.Of(failure, requestId);
            }

            call.CancellationToken.ThrowIfCancellationRequested();
            var pause = backoff.Next(failed.RetryAfter);
            if (attempts >= options.AttemptsMax || !Backoff.IsPassing(failed) || clock.GetUtcNow() + pause >= call.Deadline)
            {
                throw failed;
            }

            await Task.Delay(pause, clock, call.CancellationToken);
        }
    }

    /// <summary>The request with an id, if it is a change without one. A copy: the caller's message used again is another call.</summary>
    private static (TRequest Request, string Id) WithRequestId<TRequest>(TRequest request)
    {
        if (request is not IMessage message || message.Descriptor.FindFieldByName(RequestIdField) is not { } field)
        {
            return (request, string.Empty);
        }

        if (field.Accessor.GetValue(message) is string { Length: > 0 } given)
        {
            return (request, given);
        }

        var copy = ((IDeepCloneable<TRequest>)message).Clone();
        var id = Guid.NewGuid().ToString("n");
        field.Accessor.SetValue((IMessage)copy!, id);
        return (copy, id);
    }

    private ClientInterceptorContext<TRequest, TResponse> Dressed<TRequest, TResponse>(ClientInterceptorContext<TRequest, TResponse> context, bool isStream)
        where TRequest : class
        where TResponse : class
    {
        // A copy: the caller may use its headers for other calls at the same time.
        var headers = new Metadata();
        foreach (var entry in context.Options.Headers ?? [])
        {
            headers.Add(entry);
        }

        if (headers.Get(KeyHeader) is null)
        {
            headers.Add(KeyHeader, options.ApiKey);
        }

        var call = context.Options.WithHeaders(headers);
        return new(context.Method, context.Host, isStream || call.Deadline is not null ? call : call.WithDeadline((clock.GetUtcNow() + options.CallTimeout).UtcDateTime));
    }

    /// <summary>The attempts of one unary call; what is asked about the call is answered by the latest.</summary>
    private sealed class Attempts<TResponse>(Func<AsyncUnaryCall<TResponse>> begin) : IDisposable
    {
        private AsyncUnaryCall<TResponse>? latest;
        private bool isDisposed;

        public AsyncUnaryCall<TResponse> Latest => latest ?? throw new InvalidOperationException("The call has not begun.");

        public Task<TResponse> NextAsync()
        {
            // The caller lost interest during the pause.
            latest = isDisposed ? throw new OperationCanceledException() : begin();
            return latest.ResponseAsync;
        }

        /// <summary>Which attempt is the last is known when it is over.</summary>
        public async Task<Metadata> HeadersAsync(Task<TResponse> response)
        {
            await ((Task)response).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return await Latest.ResponseHeadersAsync;
        }

        public void Dispose()
        {
            isDisposed = true;
            latest?.Dispose();
        }
    }

    private sealed class ExplainedStream<T>(IAsyncStreamReader<T> inner) : IAsyncStreamReader<T>
    {
        public T Current => inner.Current;

        public async Task<bool> MoveNext(CancellationToken cancellationToken)
        {
            try
            {
                return await inner.MoveNext(cancellationToken);
            }
            catch (RpcException failure)
            {
                throw SmartCommunityException.Of(failure, string.Empty);
            }
        }
    }
}
