namespace SmartCommunity.Storage.Conformance;

/// <summary>Waits for a condition, with an end.</summary>
internal static class Eventually
{
    public static async Task Holds(Func<bool> condition, CancellationToken cancellation, int seconds = 20)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        end.CancelAfter(TimeSpan.FromSeconds(seconds));
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (!condition())
        {
            _ = await ticks.WaitForNextTickAsync(end.Token);
        }
    }
}
