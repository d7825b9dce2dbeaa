using System.Net;
using System.Text.Json;
using Google.Rpc;
using Grpc.Core;
using Xunit;

namespace SmartCommunity.Edge.Tests.Grpc;

/// <summary>Reads what a refused call tells.</summary>
internal static class Errors
{
    /// <summary>The call is refused with this code, reason and field; no text of an exception is in it.</summary>
    public static async Task<RpcException> RefusedAsync(Func<Task> call, StatusCode code, string reason, string? field = null)
    {
        var refused = await Assert.ThrowsAnyAsync<RpcException>(call);
        Assert.Equal(code, refused.StatusCode);
        var status = refused.GetRpcStatus();
        Assert.NotNull(status);
        var info = status.GetDetail<ErrorInfo>();
        Assert.Equal("smartcommunity", info.Domain);
        Assert.Equal(reason, info.Reason);
        if (field is not null)
        {
            Assert.Equal(field, status.GetDetail<BadRequest>()?.FieldViolations.Single().Field);
        }

        Assert.DoesNotContain("Exception", refused.Status.Detail, StringComparison.Ordinal);
        return refused;
    }

    public static async Task<RpcException> RefusedAsync<T>(AsyncUnaryCall<T> call, StatusCode code, string reason, string? field = null) =>
        await RefusedAsync(async () => await call, code, reason, field);

    /// <summary>The same over REST: HTTP status, reason and field out of the JSON of google.rpc.Status.</summary>
    public static async Task RefusedAsync(HttpResponseMessage response, HttpStatusCode code, string reason, string? field = null)
    {
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(code == response.StatusCode, $"{response.StatusCode}: {text}");
        using var body = JsonDocument.Parse(text);
        var details = body.RootElement.GetProperty("details").EnumerateArray().ToArray();
        Assert.Contains(details, d => d.TryGetProperty("reason", out var told) && told.GetString() == reason);
        if (field is not null)
        {
            Assert.Contains(details, d => d.TryGetProperty("fieldViolations", out var violations) && violations[0].GetProperty("field").GetString() == field);
        }
    }
}
