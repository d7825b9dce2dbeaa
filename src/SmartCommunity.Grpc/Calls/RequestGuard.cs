using Grpc.AspNetCore.Server;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SmartCommunity.Grpc.Contracts;
using SmartCommunity.Grpc.Rest;

namespace SmartCommunity.Grpc.Calls;

/// <summary>Puts the guard of REST before every endpoint that transcoding made.</summary>
internal sealed class RequestGuard(GrpcEdgeOptions options)
{
    private const string GrpcContentType = "application/grpc";

    public void Guard(EndpointBuilder endpoint)
    {
        var method = endpoint.Metadata.OfType<GrpcMethodMetadata>().FirstOrDefault()?.Method.FullName;
        var verb = endpoint.Metadata.OfType<HttpMethodMetadata>().FirstOrDefault()?.HttpMethods is [var only, ..] ? only : null;
        if (method is null || endpoint.RequestDelegate is not { } next || Contract.Find(method) is not { } described)
        {
            return;
        }

        // All bindings of one verb have the same body and fill the same fields.
        if (RestBinding.Of(described).FirstOrDefault(binding => binding.Verb == verb) is not { } binding)
        {
            return;
        }

        var guard = new RestGuard(binding, CallNeeds.Find(method) is { IsImport: true } ? options.ImportBytesMax : options.RequestBytesMax, next);
        endpoint.RequestDelegate = http => http.Request.ContentType?.StartsWith(GrpcContentType, StringComparison.OrdinalIgnoreCase) == true
            ? next(http)
            : guard.InvokeAsync(http);
    }
}
