using Orleans.Storage;
using SmartCommunity.Storage;

namespace SmartCommunity.Grains.Streams;

/// <summary>
/// Decides when a stream gets a snapshot and writes it beside the grain's work. A failure is counted and forgotten: the log stands. Between two
/// snapshots lie at least <see cref="GrainsOptions.SnapshotEveryEntries"/> entries and <see cref="GrainsOptions.SnapshotEverySeconds"/>.
/// </summary>
internal sealed class SnapshotKeeper(StreamKey stream, string grainKey, IPersistentState<StreamSnapshot> stored, StreamRoom room, bool keepsMarks)
{
    private int entriesSince;
    private long writtenAt = room.Time.GetTimestamp();
    private Task writing = Task.CompletedTask;

    /// <summary>Older snapshots, ascending.</summary>
    public SnapshotMark[] Marks { get; private set; } = [];

    /// <summary>Lets go of the state's bytes: only the marks and the row's etag are needed from here on.</summary>
    public void Loaded()
    {
        Marks = stored.State.Marks;
        stored.State = new();
    }

    /// <summary>Entries that were read from the log on waking: they lengthen the tail, but do not make a snapshot at once.</summary>
    public void CountRead(int entries) => entriesSince += entries;

    public void Count(int entries, Func<byte[]> write, long position, long recordedMs)
    {
        entriesSince += entries;
        if (entriesSince >= room.Options.SnapshotEveryEntries
            && writing.IsCompleted
            && room.Time.GetElapsedTime(writtenAt).TotalSeconds >= room.Options.SnapshotEverySeconds)
        {
            writing = SaveAsync(write, position, recordedMs);
        }
    }

    public async Task SleepAsync(Func<byte[]> write, long position, long recordedMs)
    {
        await writing;
        if (entriesSince >= room.Options.SnapshotOnSleepEntries)
        {
            await SaveAsync(write, position, recordedMs);
        }
    }

    /// <summary>The bytes of an older snapshot, or null when it cannot be read (then the log is read from further back).</summary>
    public static async ValueTask<byte[]?> ReadMarkAsync(StreamRoom room, StreamKey stream, string grainKey, SnapshotMark mark)
    {
        try
        {
            var found = new GrainState<StreamSnapshot>(new());
            await room.Snapshots.ReadStateAsync(StateNames.Mark, MarkId(grainKey, mark.Position), found);
            return found.State is { State.Length: > 0 } snapshot && snapshot.Position == mark.Position ? snapshot.State : null;
        }
        catch (Exception exception)
        {
            room.Meters.SnapshotFailed(stream, exception);
            return null;
        }
    }

    private static GrainId MarkId(string grainKey, long position) => GrainId.Create("sc.mark", FormattableString.Invariant($"{grainKey}@{position}"));

    private async Task SaveAsync(Func<byte[]> write, long position, long recordedMs)
    {
        try
        {
            // Written before the first wait: the state moves on while the store works.
            var bytes = write();
            if (bytes.Length == 0)
            {
                return;
            }

            (entriesSince, writtenAt) = (0, room.Time.GetTimestamp());
            var marks = keepsMarks ? await AddMarkAsync(bytes, position, recordedMs) : Marks;
            stored.State = new() { Position = position, RecordedMs = recordedMs, State = bytes, Marks = marks };
            await stored.WriteStateAsync();
            Marks = marks;
        }
        catch (Exception exception)
        {
            room.Meters.SnapshotFailed(stream, exception);
            await RefreshAsync();
        }
        finally
        {
            stored.State = new();
        }
    }

    /// <summary>After a lost race for the row its etag is read again, so that the next snapshot can win.</summary>
    private async Task RefreshAsync()
    {
        try
        {
            await stored.ReadStateAsync();
        }
        catch (Exception exception)
        {
            room.Meters.SnapshotFailed(stream, exception);
        }
    }

    private async ValueTask<SnapshotMark[]> AddMarkAsync(byte[] bytes, long position, long recordedMs)
    {
        var mark = new GrainState<StreamSnapshot>(new() { Position = position, RecordedMs = recordedMs, State = bytes });
        await room.Snapshots.WriteStateAsync(StateNames.Mark, MarkId(grainKey, position), mark);
        SnapshotMark[] marks = [.. Marks, new(position, recordedMs)];
        if (marks.Length <= room.Options.SnapshotMarksMax)
        {
            return marks;
        }

        // Every second one goes, so that the distances grow with age and the number stays bounded.
        foreach (var gone in marks.Where((_, i) => i % 2 == 1 && i < marks.Length - 1))
        {
            var row = new GrainState<StreamSnapshot>(new());
            await room.Snapshots.ClearStateAsync(StateNames.Mark, MarkId(grainKey, gone.Position), row);
        }

        return [.. marks.Where((_, i) => i % 2 == 0 || i == marks.Length - 1)];
    }
}
