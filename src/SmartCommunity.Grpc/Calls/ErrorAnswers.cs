using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Grpc.Refusals;
using Code = Google.Rpc.Code;

namespace SmartCommunity.Grpc.Calls;

/// <summary>Answers an error outside of a method: as <c>google.rpc.Status</c> in JSON, or in the headers of a gRPC answer.</summary>
internal static class ErrorAnswers
{
    private const string GrpcStatus = "grpc-status";
    private const string GrpcMessage = "grpc-message";
    private const string GrpcDetails = "grpc-status-details-bin";
    private const string Json = "application/json; charset=utf-8";

    private static readonly JsonFormatter Formatter = new(JsonFormatter.Settings.Default.WithTypeRegistry(Types));

    /// <summary>The types of error details; transcoding answers an empty 500 without them.</summary>
    public static TypeRegistry Types => TypeRegistry.FromFiles(ErrorDetailsReflection.Descriptor);

    /// <summary>A body that is said to be something else than JSON.</summary>
    public static Google.Rpc.Status UnsupportedContent => Of(
        Code.InvalidArgument, "UNSUPPORTED_CONTENT", "The body must be JSON in UTF-8. Send content-type: application/json.");

    public static Google.Rpc.Status Of(Code code, string reason, string message)
    {
        var status = new Google.Rpc.Status { Code = (int)code, Message = message };
        status.Details.Add(Any.Pack(new ErrorInfo { Reason = reason, Domain = RefusalStatus.ErrorDomain }));
        return status;
    }

    public static Task WriteAsync(HttpContext http, Refusal refusal, int? httpStatus = null)
    {
        var status = RefusalStatus.ToStatus(refusal);
        return WriteAsync(http, status, httpStatus ?? HttpStatusOf((Code)status.Code));
    }

    public static Task WriteAsync(HttpContext http, Google.Rpc.Status status) => WriteAsync(http, status, status.Details[0].Unpack<ErrorInfo>().Reason switch
    {
        "UNSUPPORTED_CONTENT" => StatusCodes.Status415UnsupportedMediaType,
        _ => HttpStatusOf((Code)status.Code),
    });

    public static Task WriteAsync(HttpContext http, Google.Rpc.Status status, int httpStatus)
    {
        http.Response.StatusCode = httpStatus;
        http.Response.ContentType = Json;
        return http.Response.WriteAsync(Formatter.Format(ChineseTexts.AddTo(status, http.Request.Headers)), http.RequestAborted);
    }

    /// <summary>Puts the status into the headers of a gRPC answer that has no message.</summary>
    public static void Put(HttpContext http, Google.Rpc.Status status)
    {
        var told = ChineseTexts.AddTo(status, http.Request.Headers);
        http.Response.Headers[GrpcStatus] = told.Code.ToString(CultureInfo.InvariantCulture);
        http.Response.Headers[GrpcMessage] = Uri.EscapeDataString(told.Message);
        http.Response.Headers[GrpcDetails] = Convert.ToBase64String(told.ToByteArray()).TrimEnd('=');
    }

    /// <summary>The code of a gRPC answer that failed without saying why; null for any other.</summary>
    public static StatusCode? BareCode(HttpContext http)
    {
        var headers = http.Response.Headers;
        return !http.Response.HasStarted
            && !headers.ContainsKey(GrpcDetails)
            && int.TryParse(headers[GrpcStatus], NumberStyles.None, CultureInfo.InvariantCulture, out var code)
            && code != 0
                ? (StatusCode)code
                : null;
    }

    /// <summary>The HTTP status that transcoding gives a code.</summary>
    public static int HttpStatusOf(Code code) => code switch
    {
        Code.InvalidArgument or Code.FailedPrecondition or Code.OutOfRange => StatusCodes.Status400BadRequest,
        Code.Unauthenticated => StatusCodes.Status401Unauthorized,
        Code.PermissionDenied => StatusCodes.Status403Forbidden,
        Code.NotFound => StatusCodes.Status404NotFound,
        Code.AlreadyExists or Code.Aborted => StatusCodes.Status409Conflict,
        Code.ResourceExhausted => StatusCodes.Status429TooManyRequests,
        Code.Unimplemented => StatusCodes.Status501NotImplemented,
        Code.Unavailable => StatusCodes.Status503ServiceUnavailable,
        Code.DeadlineExceeded => StatusCodes.Status504GatewayTimeout,
        _ => StatusCodes.Status500InternalServerError,
    };
}
