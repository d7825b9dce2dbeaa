using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using SmartCommunity.Domain.Areas;
using SmartCommunity.Grains.Directory;

namespace SmartCommunity.Grpc.Calls;

/// <summary>Finds the caller behind a credential: <c>x-api-key</c>, or <c>authorization: Bearer</c>.</summary>
internal sealed class Authenticator(IDirectory directory, IOptions<GrpcEdgeOptions> options)
{
    private const string ApiKeyHeader = "x-api-key";
    private const string BearerPrefix = "Bearer ";

    /// <summary>The credential that a request presents, or null; whether it is valid is not looked at.</summary>
    public static string? Credential(HttpContext http)
    {
        var headers = http.Request.Headers;
        var text = headers[ApiKeyHeader] is { Count: 1 } key ? key.ToString() : Bearer(headers.Authorization.ToString());
        return text is { Length: > 0 and <= ApiLimits.CredentialCharsMax } ? text : null;
    }

    /// <summary>True while the caller's credential is still valid.</summary>
    public async ValueTask<bool> IsStillValidAsync(Caller caller, CancellationToken cancellation) =>
        await FindAsync(caller.Credential, cancellation) is { } found && found == caller;

    /// <summary>The caller, or null when there is no valid credential; why it is not valid is not told.</summary>
    public async ValueTask<Caller?> FindAsync(string? credential, CancellationToken cancellation)
    {
        if (credential is null)
        {
            return null;
        }

        var operatorHash = options.Value.OperatorKeyHash;
        if (operatorHash.Length > 0 && Secrets.IsHashOf(credential, operatorHash))
        {
            return new("operator", null, credential);
        }

        var owner = await directory.FindApiKeyAsync(credential, cancellation);
        return owner is not null && AreaCode.TryParse(owner.District, out var district)
            ? new($"key:{owner.KeyId}", district, credential)
            : null;
    }

    private static string? Bearer(string authorization) =>
        authorization.StartsWith(BearerPrefix, StringComparison.OrdinalIgnoreCase) ? authorization[BearerPrefix.Length..].Trim() : null;
}
