using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using SmartCommunity.Storage;

namespace SmartCommunity.Grains.Observing;

/// <summary>Counters and log lines of this room. Meter name: <c>SmartCommunity.Grains</c>.</summary>
internal sealed partial class GrainMeters : IDisposable
{
    public const string MeterName = "SmartCommunity.Grains";

    private static readonly TimeSpan FailureLogEvery = TimeSpan.FromSeconds(10);

    private readonly Meter meter = new(MeterName);
    private readonly ILogger<GrainMeters> log;
    private readonly Counter<long> ingestFailed;
    private readonly Counter<long> poisoned;
    private readonly Counter<long> fenced;
    private readonly Counter<long> snapshotFailed;
    private readonly Counter<long> sweepFailed;
    private long poisonedCount;
    private long failureLoggedAt = -(long)FailureLogEvery.TotalMilliseconds;

    public GrainMeters(ILogger<GrainMeters> log)
    {
        this.log = log;
        ingestFailed = meter.CreateCounter<long>("sc.ingest.failed_calls", description: "Grain calls of lanes that failed; their messages were not acknowledged.");
        poisoned = meter.CreateCounter<long>("sc.streams.poisoned", description: "Activations that failed because an entry of the stream could not be folded.");
        fenced = meter.CreateCounter<long>("sc.streams.fenced", description: "Commits lost to another writer of the stream.");
        snapshotFailed = meter.CreateCounter<long>("sc.snapshots.failed", description: "Snapshots that could not be written or read; the log stands.");
        sweepFailed = meter.CreateCounter<long>("sc.sweeps.failed", description: "Owners of due rows that could not be woken.");
    }

    /// <summary>Activations that failed on a poison entry since the start.</summary>
    public long PoisonedCount => Volatile.Read(ref poisonedCount);

    /// <summary>Counts each, logs one in <see cref="FailureLogEvery"/>: while the store is away every lane fails again and again.</summary>
    public void IngestFailed(string cause, Exception exception)
    {
        ingestFailed.Add(1, new KeyValuePair<string, object?>("cause", cause));
        var last = Volatile.Read(ref failureLoggedAt);
        var now = Environment.TickCount64;
        if (now - last >= FailureLogEvery.TotalMilliseconds && Interlocked.CompareExchange(ref failureLoggedAt, now, last) == last)
        {
            LogIngestFailed(cause, exception);
        }
    }

    public void Poisoned(StreamKey stream, long position, Exception exception)
    {
        Interlocked.Increment(ref poisonedCount);
        poisoned.Add(1);
        LogPoisoned(stream, position, exception);
    }

    public void Fenced(StreamKey stream, CommitStatus status)
    {
        fenced.Add(1);
        LogFenced(stream, status);
    }

    public void SnapshotFailed(StreamKey stream, Exception exception)
    {
        snapshotFailed.Add(1);
        LogSnapshotFailed(stream, exception);
    }

    public void SweepFailed(string district, string what, Exception exception)
    {
        sweepFailed.Add(1);
        LogSweepFailed(district, what, exception);
    }

    public void BackgroundFailed(string what, Exception exception) => LogBackgroundFailed(what, exception);

    public void Dropped(long count, DateTimeOffset before)
    {
        if (count > 0)
        {
            LogDropped(count, before);
        }
    }

    public void Dispose() => meter.Dispose();

    [LoggerMessage(1, LogLevel.Warning, "A batch of messages was not acknowledged ({Cause}).")]
    private partial void LogIngestFailed(string cause, Exception exception);

    [LoggerMessage(2, LogLevel.Error, "Stream {Stream} cannot be folded at position {Position}; its grain stays down until the entry is repaired.")]
    private partial void LogPoisoned(StreamKey stream, long position, Exception exception);

    [LoggerMessage(3, LogLevel.Information, "Stream {Stream} has another writer ({Status}); the state is read again.")]
    private partial void LogFenced(StreamKey stream, CommitStatus status);

    [LoggerMessage(4, LogLevel.Warning, "The snapshot of {Stream} failed; the log stands, the next start reads more of it.")]
    private partial void LogSnapshotFailed(StreamKey stream, Exception exception);

    [LoggerMessage(5, LogLevel.Warning, "Sweeping {District}: {What} failed and is tried again.")]
    private partial void LogSweepFailed(string district, string what, Exception exception);

    [LoggerMessage(7, LogLevel.Information, "Dropped {Count} readings that were received before {Before}.")]
    private partial void LogDropped(long count, DateTimeOffset before);

    [LoggerMessage(6, LogLevel.Warning, "{What} failed and is tried again.")]
    private partial void LogBackgroundFailed(string what, Exception exception);
}
