namespace SmartCommunity.Benchmarks.Sides;

/// <summary>The smallest grain there can be.</summary>
[Alias("bench.IBareGrain"), GrainInterfaceType("bench.bare")]
public interface IBareGrain : IGrainWithStringKey
{
    [Alias("Ping")]
    Task Ping();
}

[GrainType("bench.bare")]
internal sealed class BareGrain : Grain, IBareGrain
{
    public Task Ping() => Task.CompletedTask;
}
