using SmartCommunity.Storage;

namespace SmartCommunity.Grains.Webhooks;

/// <summary>Finds where in the log an instant lies.</summary>
internal static class ReplayPoint
{
    /// <summary>
    /// Streams take their record times before they wait for the writer, so positions and record times agree only roughly: a replay begins a little
    /// earlier and repeats rather than leaves out.
    /// </summary>
    public static readonly TimeSpan Slack = TimeSpan.FromMinutes(1);

    /// <summary>A position before everything that was recorded at or after the instant.</summary>
    public static async ValueTask<long> BeforeAsync(IJournal journal, DateTimeOffset instant, CancellationToken cancellation)
    {
        var wanted = instant.ToUnixTimeMilliseconds() - (long)Slack.TotalMilliseconds;
        var (low, high) = (0L, journal.CommittedPosition);
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            var page = await journal.ReadFeedAsync(middle, 1, null, cancellation);
            (low, high) = page.Entries is [var next, ..] && next.Position <= high && next.RecordedMs < wanted ? (next.Position, high) : (low, middle);
        }

        return low;
    }
}
