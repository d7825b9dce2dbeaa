using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Runtime;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Grains.Streams;
using SmartCommunity.Grpc.Refusals;
using SmartCommunity.Storage;
using Code = Google.Rpc.Code;

namespace SmartCommunity.Grpc.Calls;

/// <summary>Translates what is no refusal: broken infrastructure and bugs. The caller learns what to do, never the exception's message.</summary>
internal sealed partial class CallFaults(IOptions<GrpcEdgeOptions> options, TimeProvider time, ILogger<CallFaults> logger)
{
    public RpcException Translate(Exception fault, ServerCallContext context)
    {
        switch (fault)
        {
            case OperationCanceledException when context.CancellationToken.IsCancellationRequested && context.Deadline > time.GetUtcNow().UtcDateTime:
                return Status(Code.Cancelled, "CANCELLED", "The caller went away.", null);
            case OperationCanceledException or TimeoutException:
                return Status(Code.DeadlineExceeded, "DEADLINE_EXCEEDED", "The time for the call is up; whether it took effect is not known. Repeat it with the same request_id.", null);
            case StoreUnavailableException:
                LogStore(logger, context.Method, fault);
                return RefusalStatus.ToException(Unavailable, options.Value.RetrySeconds);
            case OrleansException or StaleStreamException:
                LogSilo(logger, context.Method, fault);
                return SiloUnavailable();
            default:
                var reference = Guid.NewGuid().ToString("N")[..12];
                LogBug(logger, context.Method, reference, fault);
                return Bug(reference).ToRpcException();
        }
    }

    /// <summary>A method that is still at work when its time is up is worth a line: something behind it hangs.</summary>
    public void TellIfLate(bool isLate, string method, int seconds)
    {
        if (isLate)
        {
            LogLate(logger, method, seconds);
        }
    }

    /// <summary>The answer to a bug: all that the caller learns is where the log tells more.</summary>
    public static Google.Rpc.Status Bug(string reference) =>
        ErrorAnswers.Of(Code.Internal, "INTERNAL", $"The server failed; its log tells more under {reference}.");

    /// <summary>The answer while the silo stops or cannot be reached.</summary>
    public RpcException SiloUnavailable() => Status(
        Code.Unavailable,
        "SILO_UNAVAILABLE",
        "The server cannot take the call now. Repeat it, a mutation with the same request_id, a watch with its last cursor.",
        TimeSpan.FromSeconds(options.Value.RetrySeconds));

    private static Refusal Unavailable { get; } = new(
        RefusalCode.StoreUnavailable,
        string.Empty,
        "The store takes no writes now; whether the call took effect is not known.",
        "Repeat it with the same request_id.");

    private static RpcException Status(Code code, string reason, string message, TimeSpan? retry)
    {
        var status = ErrorAnswers.Of(code, reason, message);
        if (retry is { } delay)
        {
            status.Details.Add(Any.Pack(new RetryInfo { RetryDelay = Duration.FromTimeSpan(delay) }));
        }

        return status.ToRpcException();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Method}: the store is unavailable")]
    private static partial void LogStore(ILogger logger, string method, Exception fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Method}: the silo is unavailable")]
    private static partial void LogSilo(ILogger logger, string method, Exception fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Method} did not end within {Seconds} s; the caller was answered without it")]
    private static partial void LogLate(ILogger logger, string method, int seconds);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} failed, reference {Reference}")]
    private static partial void LogBug(ILogger logger, string method, string reference, Exception fault);
}
