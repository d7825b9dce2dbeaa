using Google.Protobuf;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.Commands;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Grpc.Refusals;

namespace SmartCommunity.Grpc.Calls;

/// <summary>
/// Stands before every method of the public contract: who calls, may they, is it their district, how long may it take; and translates what a method
/// throws. Methods of other packages (health, reflection) pass.
/// </summary>
internal sealed class EdgeInterceptor(
    Authenticator authenticator, AnswerStore answers, CallFaults faults, IOptions<GrpcEdgeOptions> options, TimeProvider time) : Interceptor
{
    /// <summary>Marks a request whose message could be read.</summary>
    public static object WasRead { get; } = new();

    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        ArgumentNullException.ThrowIfNull(continuation);
        ArgumentNullException.ThrowIfNull(context);
        if (!CallNeeds.IsOurs(context.Method))
        {
            return await continuation(request, context);
        }

        var entry = Enter(context);
        var seconds = entry.Rule.IsImport ? options.Value.ImportSecondsMax : options.Value.UnarySecondsMax;
        using var cap = new CancellationTokenSource(TimeSpan.FromSeconds(seconds), time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, cap.Token);
        try
        {
            // Not on this thread: a method that blocks instead of waiting would keep the cap from answering.
            return await Task.Run(() => ServeAsync(entry, request, context, continuation, both.Token), both.Token).WaitAsync(both.Token);
        }
        catch (Exception fault)
        {
            faults.TellIfLate(fault is not RpcException && cap.IsCancellationRequested, entry.Method, seconds);
            throw Told(fault, context);
        }
    }

    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        ArgumentNullException.ThrowIfNull(continuation);
        ArgumentNullException.ThrowIfNull(context);
        if (!CallNeeds.IsOurs(context.Method))
        {
            await continuation(request, responseStream, context);
            return;
        }

        var entry = Enter(context);
        try
        {
            var admitted = AdmitAsync(entry, (IMessage)request, context.CancellationToken).AsTask();
            (await admitted.WaitAsync(TimeSpan.FromSeconds(options.Value.UnarySecondsMax), time, context.CancellationToken)).Begin();
            await continuation(request, responseStream, context);
        }
        catch (Exception fault)
        {
            throw Told(fault, context);
        }
    }

    private RpcException Told(Exception fault, ServerCallContext context) =>
        ChineseTexts.AddTo(fault as RpcException ?? faults.Translate(fault, context), context.GetHttpContext().Request.Headers);

    private static Entry Enter(ServerCallContext context)
    {
        var http = context.GetHttpContext();
        http.Items[WasRead] = WasRead;

        // Deny by default: a method that nobody gave a rule is a bug, not an open door.
        var rule = CallNeeds.Find(context.Method) ?? throw RefusalStatus.ToException(NotAllowed);
        return new(rule, context.Method, Authenticator.Credential(http));
    }

    private async Task<TResponse> ServeAsync<TRequest, TResponse>(
        Entry entry, TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation, CancellationToken cancellation)
        where TRequest : class
        where TResponse : class
    {
        var call = await AdmitAsync(entry, (IMessage)request, cancellation);
        call.Begin();
        return await answers.FindAsync<TResponse>(call) ?? await answers.KeepAsync(call, await continuation(request, context));
    }

    private async ValueTask<EdgeCall> AdmitAsync(Entry entry, IMessage request, CancellationToken cancellation)
    {
        var rule = entry.Rule;
        var caller = await authenticator.FindAsync(entry.Credential, cancellation) ?? throw RefusalStatus.ToException(Unauthenticated);
        var allowed = rule.Need switch
        {
            CallNeed.Operator => caller.IsOperator,
            CallNeed.District => !caller.IsOperator,
            _ => true,
        };
        if (!allowed)
        {
            throw RefusalStatus.ToException(NotAllowed);
        }

        CheckSize(rule, request);
        var district = rule.Field.Length == 0 ? default : District(caller, rule.Field, request);
        return new(caller, district, Command(caller, request, entry.Method), cancellation);
    }

    private CommandContext Command(Caller caller, IMessage request, string method)
    {
        var requestId = RequestFields.RequestId(request);
        if (requestId is not null && !IdText.IsValid(requestId))
        {
            throw RefusalStatus.ToException(IdText.Refuse("request_id"));
        }

        return new(caller.Actor, time.GetUtcNow(), requestId, requestId is null ? null : RequestFields.Fingerprint(method, request));
    }

    /// <summary>The district in the request's name. Another district than the caller's is answered as one that does not exist.</summary>
    private static AreaCode District(Caller caller, string field, IMessage request)
    {
        var name = RequestFields.Text(request, field);
        if (name.Length == 0)
        {
            throw RefusalStatus.ToException(Answers.Missing(field));
        }

        if (!ResourceNames.TryDistrict(name, out var district, out _))
        {
            throw RefusalStatus.ToException(Answers.Malformed(
                field, "A name begins with districts/ and the six digits of a district.", "Write it as the field's comment in the proto says."));
        }

        return caller.IsOperator || caller.District == district ? district : throw RefusalStatus.ToException(Answers.NotFound(field));
    }

    private void CheckSize(CallRule rule, IMessage request)
    {
        // The wire limit of a service is that of its largest method, its import.
        if (!rule.IsImport && request.CalculateSize() > options.Value.RequestBytesMax)
        {
            throw RefusalStatus.ToException(TooLarge(options.Value.RequestBytesMax));
        }
    }

    public static Refusal TooLarge(long bytesMax) => new(
        RefusalCode.TooLarge, string.Empty, $"A request of this method holds at most {bytesMax} bytes.", "Send it in smaller parts.");

    /// <summary>One constant answer for every credential that does not work.</summary>
    public static Refusal Unauthenticated { get; } = new(
        RefusalCode.Unauthenticated, string.Empty, "No valid credential was presented.", "Send an API key as x-api-key or as a bearer token.");

    private static Refusal NotAllowed { get; } = new(
        RefusalCode.NotAuthorised, string.Empty, "The credential does not allow this.", "Use an API key of the district; districts are opened with the operator key.");

    /// <summary>What is read of a request while it is certainly ours: Kestrel gives its context to another call once this one was answered.</summary>
    private sealed record Entry(CallRule Rule, string Method, string? Credential);
}
