namespace SmartCommunity.Edge.Tests.Mqtt;

/// <summary>The system's clock, whose wall time a test can move on.</summary>
internal sealed class MovedClock : TimeProvider
{
    private long movedMs;

    public void Move(TimeSpan by) => Interlocked.Add(ref movedMs, (long)by.TotalMilliseconds);

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow().AddMilliseconds(Interlocked.Read(ref movedMs));
}
