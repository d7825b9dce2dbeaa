using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Net.Http.Headers;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Grpc.Calls;
using SmartCommunity.Grpc.Contracts;

namespace SmartCommunity.Grpc.Rest;

/// <summary>
/// Stands before the transcoding of one rpc: who calls, how large the body is, whether query and body are what the contract says. What transcoding
/// would say of them names no field, and it knows no limit.
/// </summary>
/// <param name="bytesMax">Largest body, bytes.</param>
internal sealed class RestGuard(RestBinding binding, int bytesMax, RequestDelegate next)
{
    private const int PieceBytes = 16 << 10;

    private static readonly TimeSpan AskMax = TimeSpan.FromSeconds(2);

    public async Task InvokeAsync(HttpContext http)
    {
        // Nobody's body is read before it is known whose it is.
        if (!await IsKnownAsync(http))
        {
            await ErrorAnswers.WriteAsync(http, EdgeInterceptor.Unauthenticated);
            return;
        }

        if (QueryCheck.Check(http.Request.Query, binding) is { } query)
        {
            await ErrorAnswers.WriteAsync(http, query);
            return;
        }

        if (binding.HasBody)
        {
            if (!IsJson(http.Request.ContentType))
            {
                await ErrorAnswers.WriteAsync(http, ErrorAnswers.UnsupportedContent);
                return;
            }

            if (await ReadAsync(http) is not { } body)
            {
                await ErrorAnswers.WriteAsync(http, EdgeInterceptor.TooLarge(bytesMax), StatusCodes.Status413PayloadTooLarge);
                return;
            }

            if (JsonBody.Check(body.GetBuffer().AsSpan(0, (int)body.Length), binding.BodyType, binding.BodyField?.Name ?? string.Empty) is { } refusal)
            {
                await ErrorAnswers.WriteAsync(http, refusal);
                return;
            }

            http.Request.Body = body;
        }

        await next(http);
    }

    /// <summary>False for a credential that is certainly none. Where asking fails or hangs the method will say so, in its way and in its time.</summary>
    private static async Task<bool> IsKnownAsync(HttpContext http)
    {
        var authenticator = http.RequestServices.GetRequiredService<Authenticator>();
        var credential = Authenticator.Credential(http);
        try
        {
            return await Task.Run(() => authenticator.FindAsync(credential, http.RequestAborted).AsTask()).WaitAsync(AskMax, http.RequestAborted) is not null;
        }
        catch (Exception unknown) when (unknown is not OperationCanceledException)
        {
            return true;
        }
    }

    private static bool IsJson(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var type)
        && (type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase) || type.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase))
        && (!type.Charset.HasValue || type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase) || type.Charset.Equals("\"utf-8\"", StringComparison.OrdinalIgnoreCase));

    /// <summary>The body, or null when it is longer than the method allows. Kestrel's own limit would count the frames of chunks too.</summary>
    private async Task<MemoryStream?> ReadAsync(HttpContext http)
    {
        if (http.Request.ContentLength > bytesMax)
        {
            return null;
        }

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
}
