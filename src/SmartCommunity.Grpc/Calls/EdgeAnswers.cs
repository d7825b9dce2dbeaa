using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using SmartCommunity.Grpc.Refusals;
using Code = Google.Rpc.Code;

namespace SmartCommunity.Grpc.Calls;

/// <summary>Outermost: no error leaves the edge without saying what it is, also those that routing, Kestrel and the gRPC server make.</summary>
internal sealed partial class EdgeAnswers(RequestDelegate next, ILogger<EdgeAnswers> logger)
{
    private const string GrpcContentType = "application/grpc";

    /// <summary>The body's limit is not known here; the method's own answer tells it.</summary>
    private const string TooLargeText = "The message is larger than the method takes. Send it in smaller parts.";

    public async Task InvokeAsync(HttpContext http)
    {
        // The web form of gRPC is turned into gRPC further in, so the request's type is looked at before.
        var isGrpc = http.Request.ContentType?.StartsWith(GrpcContentType, StringComparison.OrdinalIgnoreCase) == true;
        try
        {
            await next(http);
        }
        catch (BadHttpRequestException refused) when (!http.Response.HasStarted)
        {
            http.Response.Clear();
            await ErrorAnswers.WriteAsync(http, OfHttp(refused.StatusCode, http), refused.StatusCode);
            return;
        }
        catch (Exception fault) when (!http.Response.HasStarted && !http.RequestAborted.IsCancellationRequested)
        {
            var reference = Guid.NewGuid().ToString("N")[..12];
            LogBug(logger, http.Request.Path, reference, fault);
            http.Response.Clear();
            await ErrorAnswers.WriteAsync(http, CallFaults.Bug(reference), StatusCodes.Status500InternalServerError);
            return;
        }

        if (isGrpc && ErrorAnswers.BareCode(http) is { } code)
        {
            ErrorAnswers.Put(http, OfGrpc(code, http));
        }
        else if (IsBare(http.Response))
        {
            await ErrorAnswers.WriteAsync(http, OfHttp(http.Response.StatusCode, http), http.Response.StatusCode);
        }
    }

    private static bool IsBare(HttpResponse response) =>
        response is { HasStarted: false, StatusCode: >= StatusCodes.Status400BadRequest, ContentLength: null or 0, ContentType: null };

    private static Google.Rpc.Status OfGrpc(StatusCode code, HttpContext http) => code switch
    {
        StatusCode.Unimplemented => ErrorAnswers.Of(Code.Unimplemented, "NO_SUCH_METHOD", "There is no such method. List the services by reflection."),
        StatusCode.ResourceExhausted => ErrorAnswers.Of(Code.ResourceExhausted, "TOO_LARGE", TooLargeText),

        // The server calls UNKNOWN what it could not read.
        StatusCode.Unknown or StatusCode.InvalidArgument when !http.Items.ContainsKey(EdgeInterceptor.WasRead) =>
            ErrorAnswers.Of(Code.InvalidArgument, "NOT_PROTOBUF", "The request is no protobuf message of the method's request type."),
        _ => ErrorAnswers.Of((Code)(int)code, FieldNames.ToSnake(code.ToString()).ToUpperInvariant(), Told(http)),
    };

    private static string Told(HttpContext http) => Uri.UnescapeDataString(http.Response.Headers["grpc-message"].ToString());

    private static Google.Rpc.Status OfHttp(int httpStatus, HttpContext http) => httpStatus switch
    {
        StatusCodes.Status404NotFound => ErrorAnswers.Of(Code.NotFound, "NO_SUCH_ROUTE", "There is nothing at this path, or not for this HTTP method. See /openapi.json for all that is there."),
        StatusCodes.Status405MethodNotAllowed => ErrorAnswers.Of(
            Code.Unimplemented, "METHOD_NOT_ALLOWED", $"This path does not take {JsonSafe(http.Request.Method)}. Use one of {http.Response.Headers.Allow}."),
        StatusCodes.Status413PayloadTooLarge => ErrorAnswers.Of(Code.ResourceExhausted, "TOO_LARGE", TooLargeText),
        StatusCodes.Status415UnsupportedMediaType => ErrorAnswers.Of(
            Code.InvalidArgument, "UNSUPPORTED_CONTENT", "This path does not take this content type. REST takes application/json, gRPC application/grpc and application/grpc-web."),
        >= StatusCodes.Status500InternalServerError => ErrorAnswers.Of(Code.Internal, "INTERNAL", "The server failed."),
        _ => ErrorAnswers.Of(Code.InvalidArgument, "BAD_REQUEST", "The request cannot be understood as HTTP of this server."),
    };

    private static string JsonSafe(string method) => method.Length <= 16 ? method : method[..16];

    [LoggerMessage(Level = LogLevel.Error, Message = "{Path} failed, reference {Reference}")]
    private static partial void LogBug(ILogger logger, string path, string reference, Exception fault);
}
