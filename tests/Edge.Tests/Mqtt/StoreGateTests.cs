using SmartCommunity.Mqtt.Links;
using Xunit;

namespace SmartCommunity.Edge.Tests.Mqtt;

public sealed class StoreGateTests
{
    [Fact]
    public void The_wait_between_attempts_grows_to_two_seconds_and_no_further()
    {
        var clock = new Clock();
        var gate = new StoreGate(clock);
        Assert.Equal(TimeSpan.Zero, gate.Wait);
        List<int> waits = [];
        for (var attempt = 0; attempt < 8; attempt++)
        {
            gate.OnFailure();

            // All failures of one commit count as one.
            gate.OnFailure();
            waits.Add((int)gate.Wait.TotalMilliseconds);
            clock.Now += gate.Wait;
            Assert.Equal(TimeSpan.Zero, gate.Wait);
        }

        Assert.Equal([100, 200, 400, 800, 1600, StoreGate.WaitMsMax, StoreGate.WaitMsMax, StoreGate.WaitMsMax], waits);
        gate.OnSuccess();
        gate.OnFailure();
        Assert.Equal(StoreGate.WaitMsMin, gate.Wait.TotalMilliseconds);
    }

    private sealed class Clock : TimeProvider
    {
        public TimeSpan Now { get; set; } = TimeSpan.FromHours(1);

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }
}
