using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;
using Scalar.AspNetCore;

namespace SmartCommunity.Grpc.OpenApi;

/// <summary><c>/openapi.json</c>, and <c>/scalar</c> that shows it. The page's program comes out of the package; nothing is asked of another host.</summary>
internal static class OpenApiEndpoints
{
    private const string DocumentPath = "/openapi.json";
    private const string PagePath = "/scalar";

    // Whatever the page's program may want, the browser asks this host only.
    private const string OwnHostOnly =
        "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; frame-ancestors 'none'";

    private static readonly Lazy<(byte[] Body, EntityTagHeaderValue Tag)> Document = new(() =>
    {
        var body = OpenApiDocument.Write();
        return (body, new($"\"{Convert.ToHexStringLower(SHA256.HashData(body))[..16]}\""));
    });

    public static void MapOpenApi(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet(DocumentPath, (HttpContext http) =>
        {
            http.Response.Headers.CacheControl = "no-cache";
            return Results.Bytes(Document.Value.Body, "application/json; charset=utf-8", entityTag: Document.Value.Tag);
        });
        endpoints
            .MapScalarApiReference(PagePath, scalar =>
            {
                scalar.Title = "SmartCommunity";
                scalar.OpenApiRoutePattern = DocumentPath;
                scalar.DefaultFonts = false;
                scalar.Telemetry = false;
                scalar.DisableAgent().DisableMcp().HideDeveloperTools().HideClientButton();
            })
            .Add(endpoint =>
            {
                var next = endpoint.RequestDelegate!;
                endpoint.RequestDelegate = http =>
                {
                    http.Response.Headers.ContentSecurityPolicy = OwnHostOnly;
                    return next(http);
                };
            });
    }
}
