using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace SmartCommunity.Grpc.Health;

/// <summary>Asks all ready checks at once; also the one check behind gRPC health.</summary>
internal sealed class Readiness(IEnumerable<IReadyCheck> checks) : IHealthCheck
{
    /// <summary>A check that takes longer is in trouble.</summary>
    public static readonly TimeSpan CheckTimeMax = TimeSpan.FromSeconds(2);

    private volatile bool hasBeenReady;

    /// <summary>True once everything was ready for the first time.</summary>
    public bool HasBeenReady => hasBeenReady;

    /// <summary>The troubles there are, by check; empty when ready.</summary>
    public async Task<IReadOnlyDictionary<string, string>> TroublesAsync(CancellationToken cancellation)
    {
        var answers = await Task.WhenAll(checks.Select(check => AskAsync(check, cancellation)));
        var troubles = answers.Where(a => a.Trouble is not null).ToDictionary(a => a.Name, a => a.Trouble!);
        if (troubles.Count == 0)
        {
            hasBeenReady = true;
        }

        return troubles;
    }

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        await TroublesAsync(cancellationToken) is { Count: > 0 } troubles
            ? HealthCheckResult.Unhealthy(string.Join("; ", troubles.Select(t => $"{t.Key}: {t.Value}")))
            : HealthCheckResult.Healthy();

    private static async Task<(string Name, string? Trouble)> AskAsync(IReadyCheck check, CancellationToken cancellation)
    {
        try
        {
            return (check.Name, await check.TroubleAsync(cancellation).AsTask().WaitAsync(CheckTimeMax, cancellation));
        }
        catch (TimeoutException)
        {
            return (check.Name, $"did not answer within {CheckTimeMax.TotalSeconds} s");
        }
    }
}
