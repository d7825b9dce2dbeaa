namespace SmartCommunity.Grains.Sweeps;

/// <summary>
/// Wakes the owners of due view rows of one district, once a second while it is active. Key: <c>340104/sweeper</c>; it has no stream. Deadlines are
/// durable (the <c>due_ms</c> of view rows), so a sweeper that was away only makes them late: the owner writes the true due instant.
/// </summary>
[Alias("sc.ISweeperGrain"), GrainInterfaceType("sc.sweeper")]
public interface ISweeperGrain : IGrainWithStringKey
{
    /// <summary>Starts the timer if it does not run yet; harmless to repeat.</summary>
    [Alias("Start")]
    Task Start();

    /// <summary>Looks for due rows now and answers how many owners were woken.</summary>
    [Alias("SweepDue")]
    Task<int> SweepDue();
}
