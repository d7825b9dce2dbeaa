namespace SmartCommunity.Mqtt.Links;

/// <summary>
/// Holds publishing back after the store has refused: devices may reconnect, but each round of attempts waits longer, up to two seconds. The
/// first success opens it.
/// </summary>
internal sealed class StoreGate(TimeProvider clock)
{
    /// <summary>The first wait, ms.</summary>
    public const int WaitMsMin = 100;

    /// <summary>The longest wait, ms.</summary>
    public const int WaitMsMax = 2_000;

    private readonly Lock sync = new();
    private long shutAt;
    private int waitMs;

    /// <summary>How long to wait before the next attempt; zero when open.</summary>
    public TimeSpan Wait
    {
        get
        {
            if (Volatile.Read(ref waitMs) == 0)
            {
                return TimeSpan.Zero;
            }

            lock (sync)
            {
                var rest = TimeSpan.FromMilliseconds(waitMs) - clock.GetElapsedTime(shutAt);
                return rest > TimeSpan.Zero ? rest : TimeSpan.Zero;
            }
        }
    }

    public void OnSuccess()
    {
        if (Volatile.Read(ref waitMs) != 0)
        {
            lock (sync)
            {
                waitMs = 0;
            }
        }
    }

    public void OnFailure()
    {
        lock (sync)
        {
            // All failures of one commit count as one.
            if (waitMs == 0 || clock.GetElapsedTime(shutAt) >= TimeSpan.FromMilliseconds(waitMs))
            {
                waitMs = Math.Clamp(waitMs * 2, WaitMsMin, WaitMsMax);
                shutAt = clock.GetTimestamp();
            }
        }
    }
}
