using SmartCommunity.Grains.Observing;
using SmartCommunity.Storage;

namespace SmartCommunity.Grains.Streams;

/// <summary>
/// A grain that is the fold of one stream. Waking: snapshot, claim, fold the tail. Committing: append with epoch and version; memory moves only after the
/// commit. When another activation has written, or a commit's outcome is not known, the stream is claimed and read again before the next decision.
/// </summary>
internal abstract class StreamGrain<TState>(IPersistentState<StreamSnapshot> stored, StreamRoom room) : Grain
    where TState : class?
{
    private const int AttemptsMax = 3;

    /// <summary>A poisoned grain refuses at once; after this time it goes to sleep, so that a repaired stream is read again.</summary>
    private static readonly TimeSpan PoisonRest = TimeSpan.FromSeconds(60);

    private TState state = default!;
    private PoisonedStreamException? poison;
    private long poisonedAt;
    private long epoch;
    private long version;
    private bool isCurrent;
    private SnapshotKeeper? keeper;

    protected StreamRoom Room { get; } = room;

    /// <summary>The stream; the grain's key names it.</summary>
    protected StreamKey Stream { get; private set; }

    /// <summary>The fold of everything committed.</summary>
    protected TState State => poison is null ? state : throw poison;

    /// <summary>False until the first command: waking itself reads the snapshot only, so that a store that is away is the caller's to hear of.</summary>
    protected bool HasCaughtUp { get; private set; }

    /// <summary>Position of the last entry folded in.</summary>
    protected long Position { get; private set; }

    /// <summary>Record time of the last entry folded in, Unix ms.</summary>
    protected long RecordedMs { get; private set; }

    protected SnapshotMark[] Marks => keeper?.Marks ?? [];

    /// <summary>Older snapshots are kept for reading the past.</summary>
    protected virtual bool KeepsMarks => false;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        Stream = GrainKeys.StreamOf(this.GetPrimaryKeyString());
        keeper = new(Stream, this.GetPrimaryKeyString(), stored, Room, KeepsMarks);
        state = Empty();
        var snapshot = stored.State;
        if (snapshot.State.Length > 0 && TryRead(snapshot.State, out var read))
        {
            state = read;
            (Position, RecordedMs) = (snapshot.Position, snapshot.RecordedMs);
        }

        keeper.Loaded();
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) =>
        poison is not null || keeper is null ? Task.CompletedTask : keeper.SleepAsync(() => Write(state), Position, RecordedMs);

    /// <summary>The state before the first entry.</summary>
    protected abstract TState Empty();

    /// <summary>Folds one entry in; throws when it cannot be understood.</summary>
    protected abstract TState Fold(TState before, JournalEntry entry);

    /// <summary>The state for a snapshot; empty when it is not worth one.</summary>
    protected abstract byte[] Write(TState current);

    /// <summary>Reads a snapshot; false when it was written by another version: then the log is read from its beginning.</summary>
    protected abstract bool TryRead(byte[] snapshot, out TState read);

    /// <summary>Runs a command on the current state; when the stream turns out to have moved on, reads it and runs the command again.</summary>
    protected async Task<T> RunAsync<T>(Func<ValueTask<T>> command)
    {
        RefuseWhenPoisoned();
        for (var attempt = 1; ; attempt++)
        {
            if (!isCurrent)
            {
                await CatchUpAsync(CancellationToken.None);
            }

            try
            {
                return await command();
            }
            catch (StaleStreamException) when (attempt < AttemptsMax)
            {
                // Drops out of step with the log: caught up at the head of the loop.
            }
            catch (StaleStreamException)
            {
                DeactivateOnIdle();
                throw;
            }
        }
    }

    /// <summary>Commits; every answer but "the stream has moved on" is the caller's to judge.</summary>
    protected async ValueTask<CommitResult> AppendAsync(Drafted draft)
    {
        isCurrent = false;
        var result = await Room.Journal.CommitAsync(draft.ToAppend(Stream, epoch, version), CancellationToken.None);
        if (result.Status is CommitStatus.VersionConflict or CommitStatus.Fenced)
        {
            Room.Meters.Fenced(Stream, result.Status);
            throw StaleStreamException.Of(Stream, result.Status);
        }

        isCurrent = true;
        return result;
    }

    /// <summary>Moves memory to what was just committed. <paramref name="evolve"/> may change the state in place.</summary>
    protected void Advance(in CommitResult result, Drafted draft, Func<TState, TState> evolve)
    {
        try
        {
            state = evolve(state);
        }
        catch (Exception exception)
        {
            // The log has it, memory cannot follow.
            isCurrent = false;
            throw Poison(result.FirstPosition, exception);
        }

        if (draft.Events.Count > 0)
        {
            version = result.Version;
        }

        Position = Math.Max(Position, result.LastPosition);
        RecordedMs = Math.Max(RecordedMs, draft.RecordedMs);
        keeper!.Count(draft.EntryCount, () => Write(State), Position, RecordedMs);
    }

    private async Task CatchUpAsync(CancellationToken cancellation)
    {
        var claim = await Room.Journal.ClaimAsync(Stream, cancellation);
        var entries = 0;
        await foreach (var entry in Room.Journal.ReadStreamAsync(Stream, Position, cancellation))
        {
            FoldOne(entry);
            entries++;
        }

        (epoch, version) = (claim.Epoch, claim.Version);
        isCurrent = true;
        HasCaughtUp = true;
        keeper!.CountRead(entries);
    }

    private void FoldOne(JournalEntry entry)
    {
        try
        {
            state = Fold(state, entry);
        }
        catch (Exception exception)
        {
            throw Poison(entry.Position, exception);
        }

        Position = entry.Position;
        RecordedMs = Math.Max(RecordedMs, entry.RecordedMs);
    }

    private PoisonedStreamException Poison(long position, Exception cause)
    {
        Room.Meters.Poisoned(Stream, position, cause);
        poisonedAt = Room.Time.GetTimestamp();
        return poison = new($"Stream {Stream} cannot be folded at position {position}.", cause);
    }

    private void RefuseWhenPoisoned()
    {
        if (poison is null)
        {
            return;
        }

        if (Room.Time.GetElapsedTime(poisonedAt) >= PoisonRest)
        {
            DeactivateOnIdle();
        }

        throw poison;
    }
}
