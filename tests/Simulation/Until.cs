using System.Diagnostics;

namespace SmartCommunity.Simulation;

/// <summary>Waits on a condition, never for luck.</summary>
internal static class Until
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);

    public static async Task TrueAsync(Func<CancellationToken, Task<bool>> condition, TimeSpan max, Func<string> what, CancellationToken cancellation)
    {
        var began = Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(Step);
        while (!await condition(cancellation))
        {
            if (Stopwatch.GetElapsedTime(began) > max)
            {
                throw new TimeoutException($"Not within {max.TotalSeconds:0.#} s: {what()}");
            }

            await timer.WaitForNextTickAsync(cancellation);
        }
    }

    public static Task TrueAsync(Func<bool> condition, TimeSpan max, string what, CancellationToken cancellation) =>
        TrueAsync(_ => Task.FromResult(condition()), max, () => what, cancellation);

    /// <summary>Lets a span of the load go by.</summary>
    public static async Task ElapsedAsync(TimeSpan span, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(span);
        await timer.WaitForNextTickAsync(cancellation);
    }
}
