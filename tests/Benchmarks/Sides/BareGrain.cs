namespace SmartCommunity.Benchmarks.Sides;

/// <summary>The smallest grain there can be.</summary>
[Alias("bench.IBareGrain"), GrainInterfaceType(BareGrain.Name)]
public interface IBareGrain : IGrainWithStringKey
{
    [Alias("Ping")]
    Task Ping();
}

[GrainType(Name)]
internal sealed class BareGrain : Grain, IBareGrain
{
    public const string Name = "bench.bare";

    public Task Ping() => Task.CompletedTask;
}
