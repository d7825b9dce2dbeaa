using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace SmartCommunity.Grpc.Health;

/// <summary><c>/health/live</c>: the process answers. <c>/health/ready</c>: it takes work now. <c>/health/startup</c>: it was ready once.</summary>
internal static class HealthEndpoints
{
    public static void MapHealth(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/health/live", () => Results.Json(new { status = "live" }));
        endpoints.MapGet("/health/ready", (Readiness readiness, CancellationToken cancellation) => AnswerAsync(readiness, cancellation));
        endpoints.MapGet("/health/startup", async (Readiness readiness, CancellationToken cancellation) =>
            readiness.HasBeenReady ? Results.Json(new { status = "started" }) : await AnswerAsync(readiness, cancellation));
    }

    private static async Task<IResult> AnswerAsync(Readiness readiness, CancellationToken cancellation)
    {
        var troubles = await readiness.TroublesAsync(cancellation);
        return troubles.Count == 0
            ? Results.Json(new { status = "ready" })
            : Results.Json(new { status = "not ready", troubles }, statusCode: StatusCodes.Status503ServiceUnavailable);
    }
}
