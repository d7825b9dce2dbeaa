using Orleans.Storage;

namespace SmartCommunity.Grains.Tests;

/// <summary>A snapshot store that fails every write.</summary>
internal sealed class FaultySnapshots : IGrainStorage, ILifecycleParticipant<Orleans.Runtime.ISiloLifecycle>
{
    private int writes;

    /// <summary>Writes that were tried.</summary>
    public int Writes => Volatile.Read(ref writes);

    /// <summary>The silo starts its storages; this one needs nothing.</summary>
    public void Participate(Orleans.Runtime.ISiloLifecycle lifecycle)
    {
    }

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => Task.CompletedTask;

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        // Every second failure comes before the first wait, the others after it.
        return Interlocked.Increment(ref writes) % 2 == 0
            ? throw new InvalidOperationException("The test's snapshot store is broken.")
            : Task.FromException(new InvalidOperationException("The test's snapshot store is broken."));
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        Task.FromException(new InvalidOperationException("The test's snapshot store is broken."));
}
