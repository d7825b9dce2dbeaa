using Google.Rpc;
using Grpc.Core;

namespace SmartCommunity.Client;

/// <summary>
/// The platform did not do what it was asked. Its <see cref="RpcException.StatusCode"/> says of which kind the trouble is; what stands here was read from the
/// answer's <c>google.rpc.Status</c>. Reasons are listed in docs/refusals.md.
/// </summary>
public sealed class SmartCommunityException : RpcException
{
    private SmartCommunityException(RpcException failure, Parts parts, string requestId)
        : base(failure.Status, failure.Trailers, Sentence(failure, parts))
    {
        Reason = parts.Reason;
        Field = parts.Field;
        Rule = parts.Rule;
        WayOut = parts.WayOut;
        RetryAfter = parts.RetryAfter;
        RequestId = requestId;
    }

    /// <summary>Stable name of the refusal (<c>OUT_OF_RANGE</c>, <c>NOT_FOUND</c>); empty when the platform was not reached.</summary>
    public string Reason { get; }

    /// <summary>Path of the offending field in the request, in proto naming (<c>device.profile</c>); empty when no single field is meant.</summary>
    public string Field { get; }

    /// <summary>The rule that was broken, for people.</summary>
    public string Rule { get; }

    /// <summary>What to do about it, for people; may be empty.</summary>
    public string WayOut { get; }

    /// <summary>When the platform wants to be asked again; null when asking again does not help.</summary>
    public TimeSpan? RetryAfter { get; }

    /// <summary>
    /// The request id that the change carried; empty for a read. A change whose outcome is not known may be sent again with this id: it takes effect once.
    /// </summary>
    public string RequestId { get; }

    internal static SmartCommunityException Of(RpcException failure, string requestId) =>
        failure as SmartCommunityException ?? new(failure, Parts.Of(failure), requestId);

    private static string Sentence(RpcException failure, Parts parts)
    {
        var rule = parts.Field.Length == 0 ? parts.Rule : $"{parts.Field}: {parts.Rule}";
        return rule.Length == 0 ? failure.Status.ToString() : $"{rule} {parts.WayOut}".Trim();
    }

    private sealed record Parts(string Reason, string Field, string Rule, string WayOut, TimeSpan? RetryAfter)
    {
        public static Parts Of(RpcException failure)
        {
            var status = failure.GetRpcStatus();
            var error = status?.GetDetail<ErrorInfo>();
            var violations = status?.GetDetail<BadRequest>()?.FieldViolations;
            var violation = violations is { Count: > 0 } ? violations[0] : null;
            var wayOut = error is not null && error.Metadata.TryGetValue("way_out", out var text) ? text : string.Empty;
            return new(
                error?.Reason ?? string.Empty,
                violation?.Field ?? string.Empty,
                violation?.Description is { Length: > 0 } rule ? rule : Without(failure.Status.Detail, wayOut),
                wayOut,
                status?.GetDetail<RetryInfo>()?.RetryDelay?.ToTimeSpan());
        }

        // The status message is rule and way out in one.
        private static string Without(string detail, string wayOut) =>
            wayOut.Length > 0 && detail.EndsWith(wayOut, StringComparison.Ordinal) ? detail[..^wayOut.Length].TrimEnd() : detail;
    }
}
