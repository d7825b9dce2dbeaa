namespace SmartCommunity.Domain.Twins;

/// <summary>
/// The last <see cref="Limits.DedupeWindowMax"/> telemetry messages of a device, as a ring that grows with use. A message newer than everything
/// that fell out of the ring needs no look-up in the store: were it a repetition, it would still be here.
/// </summary>
internal sealed class DedupeWindow
{
    private const int FirstCapacity = 4;

    private ulong[] keys = [];
    private ulong[] contents = [];
    private long[] times = [];
    private int next;

    public int Count { get; private set; }

    /// <summary>The newest event time that fell out; <see cref="long.MinValue"/> while nothing did.</summary>
    public long ForgottenMs { get; private set; } = long.MinValue;

    public bool TryFind(ulong key, out ulong content)
    {
        var at = keys.AsSpan(0, Count).IndexOf(key);
        content = at < 0 ? 0 : contents[at];
        return at >= 0;
    }

    public void Add(ulong key, ulong content, long atMs)
    {
        if (Count == keys.Length && Count < Limits.DedupeWindowMax)
        {
            Grow();
        }

        if (Count == Limits.DedupeWindowMax)
        {
            ForgottenMs = Math.Max(ForgottenMs, times[next]);
        }
        else
        {
            Count++;
        }

        keys[next] = key;
        contents[next] = content;
        times[next] = atMs;
        next = (next + 1) % Limits.DedupeWindowMax;
    }

    /// <summary>Folds in a reading: a new message, or a further value of the last one.</summary>
    public void Add(in TwinReading reading)
    {
        var valueHash = Hash64.Of(reading.Metric, reading.Value);
        if ((reading.Flags & ReadingFlags.Continued) != 0)
        {
            Continue(reading.Message, valueHash);
            return;
        }

        var content = MessageKey.Start(reading.AtMs, (reading.Flags & ReadingFlags.NoDeviceTime) != 0) + valueHash;
        Add(MessageKey.KeyOf(reading.Message, reading.AtMs, content), content, reading.AtMs);
    }

    /// <summary>A further value of the message added last.</summary>
    private void Continue(string? messageId, ulong valueHash)
    {
        if (Count == 0)
        {
            return;
        }

        var last = (next + Limits.DedupeWindowMax - 1) % Limits.DedupeWindowMax;
        contents[last] += valueHash;
        keys[last] = MessageKey.KeyOf(messageId, times[last], contents[last]);
    }

    /// <summary>Oldest first; for snapshots.</summary>
    public WindowSnapshot ToSnapshot()
    {
        var start = Count < Limits.DedupeWindowMax ? 0 : next;
        var snapshot = new WindowSnapshot(new ulong[Count], new ulong[Count], new long[Count], ForgottenMs);
        for (var i = 0; i < Count; i++)
        {
            var from = (start + i) % Limits.DedupeWindowMax;
            snapshot.Keys[i] = keys[from];
            snapshot.Contents[i] = contents[from];
            snapshot.Times[i] = times[from];
        }

        return snapshot;
    }

    public static DedupeWindow FromSnapshot(WindowSnapshot snapshot)
    {
        var window = new DedupeWindow();
        for (var i = 0; i < snapshot.Keys.Length; i++)
        {
            window.Add(snapshot.Keys[i], snapshot.Contents[i], snapshot.Times[i]);
        }

        window.ForgottenMs = snapshot.ForgottenMs;
        return window;
    }

    private void Grow()
    {
        var capacity = Math.Min(Limits.DedupeWindowMax, Math.Max(FirstCapacity, Count * 2));
        Array.Resize(ref keys, capacity);
        Array.Resize(ref contents, capacity);
        Array.Resize(ref times, capacity);
    }
}
