using System.Collections.Frozen;
using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using SmartCommunity.Domain.Refusals;
using Code = Google.Rpc.Code;

namespace SmartCommunity.Grpc.Refusals;

/// <summary>
/// The one place where a refusal becomes a <c>google.rpc.Status</c>: the code of its table row, <c>ErrorInfo</c> with the refusal's name as reason, and
/// <c>BadRequest</c> with the field, in proto naming.
/// </summary>
public static class RefusalStatus
{
    /// <summary>Domain of every <c>ErrorInfo</c>.</summary>
    public const string ErrorDomain = "smartcommunity";

    private static readonly FrozenDictionary<RefusalCode, Code> Codes = new Dictionary<RefusalCode, Code>
    {
        [RefusalCode.Missing] = Code.InvalidArgument,
        [RefusalCode.Malformed] = Code.InvalidArgument,
        [RefusalCode.OutOfRange] = Code.InvalidArgument,
        [RefusalCode.BadCursor] = Code.InvalidArgument,
        [RefusalCode.Immutable] = Code.InvalidArgument,
        [RefusalCode.NotFound] = Code.NotFound,
        [RefusalCode.WrongParent] = Code.InvalidArgument,
        [RefusalCode.AlreadyExists] = Code.AlreadyExists,
        [RefusalCode.WrongState] = Code.FailedPrecondition,
        [RefusalCode.Stale] = Code.Aborted,
        [RefusalCode.Conflict] = Code.AlreadyExists,
        [RefusalCode.NotJson] = Code.InvalidArgument,
        [RefusalCode.WrongShape] = Code.InvalidArgument,
        [RefusalCode.UnknownMetric] = Code.InvalidArgument,
        [RefusalCode.BadValue] = Code.InvalidArgument,
        [RefusalCode.BadTime] = Code.InvalidArgument,
        [RefusalCode.EmptyPayload] = Code.InvalidArgument,
        [RefusalCode.BadGeometry] = Code.InvalidArgument,
        [RefusalCode.Overlap] = Code.InvalidArgument,
        [RefusalCode.Gap] = Code.InvalidArgument,
        [RefusalCode.TooLarge] = Code.ResourceExhausted,
        [RefusalCode.TooMany] = Code.ResourceExhausted,
        [RefusalCode.StoreUnavailable] = Code.Unavailable,
        [RefusalCode.Unauthenticated] = Code.Unauthenticated,
        [RefusalCode.NotAuthorised] = Code.PermissionDenied,
    }.ToFrozenDictionary();

    /// <summary>Refusals that pass by themselves: the caller is told when to try again.</summary>
    private static readonly FrozenSet<RefusalCode> Passing = [RefusalCode.TooMany, RefusalCode.StoreUnavailable];

    /// <summary>The gRPC code of a refusal code; throws on one that has no row.</summary>
    public static Code CodeOf(RefusalCode code) => Codes[code];

    /// <summary>The refusal's name in errors: upper case with underscores (<c>WRONG_PARENT</c>).</summary>
    public static string ReasonOf(RefusalCode code) => FieldNames.ToSnake(code.ToString()).ToUpperInvariant();

    /// <summary>The refusal as what a gRPC method throws. Its field must be in proto naming already.</summary>
    public static RpcException ToException(Refusal refusal, int retrySeconds = 1) => ToStatus(refusal, retrySeconds).ToRpcException();

    /// <summary>The refusal as a status. Its field must be in proto naming already.</summary>
    public static Google.Rpc.Status ToStatus(Refusal refusal, int retrySeconds = 1)
    {
        ArgumentNullException.ThrowIfNull(refusal);
        var error = new ErrorInfo { Reason = ReasonOf(refusal.Code), Domain = ErrorDomain };
        error.Metadata["code"] = ((int)refusal.Code).ToString(CultureInfo.InvariantCulture);
        error.Metadata["way_out"] = refusal.WayOut;
        var status = new Google.Rpc.Status { Code = (int)CodeOf(refusal.Code), Message = $"{refusal.Rule} {refusal.WayOut}".Trim() };
        if (refusal.Field.Length > 0)
        {
            error.Metadata["field"] = refusal.Field;
            status.Details.Add(Any.Pack(new BadRequest
            {
                FieldViolations = { new BadRequest.Types.FieldViolation { Field = refusal.Field, Description = refusal.Rule, Reason = error.Reason } },
            }));
        }

        status.Details.Insert(0, Any.Pack(error));
        if (Passing.Contains(refusal.Code))
        {
            status.Details.Add(Any.Pack(new RetryInfo { RetryDelay = Duration.FromTimeSpan(TimeSpan.FromSeconds(retrySeconds)) }));
        }

        return status;
    }
}
