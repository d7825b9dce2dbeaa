using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Rpc;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using SmartCommunity.Grpc.Refusals;

namespace SmartCommunity.Grpc.Calls;

/// <summary>
/// Stands around an endpoint, before a message is read: bounds the body of REST calls, which transcoding does not, and gives a gRPC message that
/// cannot be parsed its proper status, which the gRPC server calls UNKNOWN.
/// </summary>
internal sealed class RequestGuard(GrpcEdgeOptions options)
{
    private const string GrpcStatus = "grpc-status";
    private const string GrpcMessage = "grpc-message";
    private const string GrpcContentType = "application/grpc";
    private const int PieceBytes = 16 << 10;

    private static readonly JsonFormatter Json = new(JsonFormatter.Settings.Default.WithTypeRegistry(ErrorTypes));

    /// <summary>The types of error details; transcoding answers an empty 500 without them.</summary>
    public static TypeRegistry ErrorTypes => TypeRegistry.FromFiles(ErrorDetailsReflection.Descriptor);

    public void Guard(EndpointBuilder endpoint)
    {
        var method = endpoint.Metadata.OfType<GrpcMethodMetadata>().FirstOrDefault()?.Method.FullName;
        if (method is null || endpoint.RequestDelegate is not { } next)
        {
            return;
        }

        var bytesMax = CallNeeds.Find(method) is { IsImport: true } ? options.ImportBytesMax : options.RequestBytesMax;
        endpoint.RequestDelegate = http => http.Request.ContentType?.StartsWith(GrpcContentType, StringComparison.OrdinalIgnoreCase) == true
            ? ParsedAsync(http, next)
            : BoundedAsync(http, next, bytesMax);
    }

    private static async Task ParsedAsync(HttpContext http, RequestDelegate next)
    {
        await next(http);
        if (!http.Items.ContainsKey(EdgeInterceptor.WasRead) && !http.Response.HasStarted && http.Response.Headers[GrpcStatus] == ((int)StatusCode.Unknown).ToString(System.Globalization.CultureInfo.InvariantCulture))
        {
            http.Response.Headers[GrpcStatus] = ((int)StatusCode.InvalidArgument).ToString(System.Globalization.CultureInfo.InvariantCulture);
            http.Response.Headers[GrpcMessage] = Uri.EscapeDataString("The request is no protobuf message of the method's request type.");
        }
    }

    private static async Task BoundedAsync(HttpContext http, RequestDelegate next, int bytesMax)
    {
        if (http.Request.ContentLength > bytesMax)
        {
            await RefuseAsync(http, bytesMax);
            return;
        }

        // A chunked body tells its length by being read. It is read here: Kestrel's own limit counts the frames of the chunks, and transcoding
        // would call a body that is too large malformed.
        if (http.Request.ContentLength is null && http.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true })
        {
            if (await ReadAsync(http, bytesMax) is not { } body)
            {
                await RefuseAsync(http, bytesMax);
                return;
            }

            http.Request.Body = body;
        }
        else if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = bytesMax;
        }

        await next(http);
    }

    /// <summary>The body, or null when it is longer.</summary>
    private static async Task<MemoryStream?> ReadAsync(HttpContext http, int bytesMax)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = null;
        }

        var body = new MemoryStream();
        var piece = new byte[PieceBytes];
        while (await http.Request.Body.ReadAsync(piece, http.RequestAborted) is var read and > 0)
        {
            if (body.Length + read > bytesMax)
            {
                return null;
            }

            body.Write(piece, 0, read);
        }

        body.Position = 0;
        return body;
    }

    private static async Task RefuseAsync(HttpContext http, int bytesMax)
    {
        http.Response.StatusCode = StatusCodes.Status413PayloadTooLarge;
        http.Response.ContentType = "application/json";
        var status = RefusalStatus.ToException(EdgeInterceptor.TooLarge(bytesMax)).GetRpcStatus();
        await http.Response.WriteAsync(Json.Format(status), http.RequestAborted);
    }
}
