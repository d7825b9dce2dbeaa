using Google.Rpc;
using Grpc.Core;

namespace SmartCommunity.Cli.Connections;

/// <summary>Turns a failed call into one sentence, the next step and an exit code. The only place that does.</summary>
internal static class RpcFailures
{
    public static CliFailure Explain(RpcException failure, ConnectionSettings settings) => failure.StatusCode switch
    {
        Grpc.Core.StatusCode.Unavailable or Grpc.Core.StatusCode.DeadlineExceeded => CliFailure.Unavailable(
            $"The server at {settings.Grpc} does not answer{Because(failure)}.",
            "Start it (dotnet run --project src/SmartCommunity.Host), or give its address with --grpc or SC_GRPC."),
        Grpc.Core.StatusCode.Unauthenticated => CliFailure.Refused("The server does not know this API key.", ConnectionSettings.NextStepForKey),
        Grpc.Core.StatusCode.PermissionDenied => CliFailure.Refused(
            $"The API key may not do this{Detail(failure)}.",
            "A key belongs to one district: compare --district with the key's."),
        Grpc.Core.StatusCode.Unimplemented => CliFailure.Refused("The server does not offer this call.", "Use an sc of the server's version."),
        Grpc.Core.StatusCode.ResourceExhausted => CliFailure.Unavailable($"The server has reached a limit{Detail(failure)}.", WayOut(failure) ?? "Wait a little and try again."),
        Grpc.Core.StatusCode.Internal or Grpc.Core.StatusCode.Unknown => CliFailure.Unavailable(
            "The server failed at this call.",
            "Its log tells more; the call can be repeated."),
        _ => CliFailure.Refused(Sentence(failure), WayOut(failure) ?? ""),
    };

    /// <summary>True when the answer is that the thing does not exist.</summary>
    public static bool IsNotFound(RpcException failure) => failure.StatusCode == Grpc.Core.StatusCode.NotFound;

    private static string Sentence(RpcException failure)
    {
        var violations = failure.GetRpcStatus()?.GetDetail<BadRequest>()?.FieldViolations;
        return violations is { Count: > 0 }
            ? string.Join(" ", violations.Select(v => v.Field.Length == 0 ? v.Description : $"{v.Field}: {v.Description}"))
            : failure.Status.Detail.Length > 0 ? failure.Status.Detail : $"The server refused ({failure.StatusCode}).";
    }

    private static string? WayOut(RpcException failure)
    {
        var metadata = failure.GetRpcStatus()?.GetDetail<ErrorInfo>()?.Metadata;
        return metadata is not null && (metadata.TryGetValue("way_out", out var text) || metadata.TryGetValue("wayOut", out text)) ? text : null;
    }

    private static string Detail(RpcException failure) => failure.Status.Detail.Length == 0 ? "" : $": {failure.Status.Detail.TrimEnd('.')}";

    private static string Because(RpcException failure) => failure.StatusCode == Grpc.Core.StatusCode.DeadlineExceeded ? " in time" : "";
}
