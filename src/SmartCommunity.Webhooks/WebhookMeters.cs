using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Webhooks.Sending;

namespace SmartCommunity.Webhooks;

/// <summary>Counters and log lines of this room. Meter name: <c>SmartCommunity.Webhooks</c>. Addresses and secrets of webhooks are never logged.</summary>
internal sealed partial class WebhookMeters : IDisposable
{
    public const string MeterName = "SmartCommunity.Webhooks";

    private readonly Meter meter = new(MeterName);
    private readonly ILogger<WebhookMeters> log;
    private readonly Counter<long> failed;
    private readonly Histogram<double> delivered;

    public WebhookMeters(ILogger<WebhookMeters> log)
    {
        this.log = log;
        failed = meter.CreateCounter<long>("sc.webhooks.failed_attempts", description: "Requests of webhooks that were not answered with 2xx.");
        delivered = meter.CreateHistogram<double>("sc.webhooks.delivered", "ms", "Time of the requests that were answered with 2xx.");
    }

    public void Delivered(TimeSpan took) => delivered.Record(took.TotalMilliseconds);

    /// <summary>Counts each; logs the first of a row.</summary>
    public void Failed(AreaCode district, WebhookId id, Attempt attempt, int failures)
    {
        failed.Add(1);
        if (failures == 1)
        {
            LogFailed(district, id, attempt.Reason);
        }
    }

    public void Interrupted(AreaCode district, WebhookId id, Exception failure) => LogInterrupted(district, id, failure);

    public void Unreadable(long position, Exception failure) => LogUnreadable(position, failure);

    public void LookFailed(Exception failure) => LogLookFailed(failure);

    public void TooMany(string district, WebhookId id, int max) => LogTooMany(district, id, max);

    public void Dispose() => meter.Dispose();

    [LoggerMessage(1, LogLevel.Warning, "Webhook {District}/{Webhook} is failing: {Reason} It is tried again, with longer and longer pauses.")]
    private partial void LogFailed(AreaCode district, WebhookId webhook, string reason);

    [LoggerMessage(2, LogLevel.Warning, "The delivery of webhook {District}/{Webhook} was interrupted and begins again.")]
    private partial void LogInterrupted(AreaCode district, WebhookId webhook, Exception failure);

    [LoggerMessage(3, LogLevel.Error, "The entry at position {Position} cannot be written as an event; webhooks that reach it stand still.")]
    private partial void LogUnreadable(long position, Exception failure);

    [LoggerMessage(4, LogLevel.Warning, "Looking for webhooks failed and is tried again.")]
    private partial void LogLookFailed(Exception failure);

    [LoggerMessage(5, LogLevel.Error, "Webhook {District}/{Webhook} is not delivered: this silo delivers {Max} already.")]
    private partial void LogTooMany(string district, WebhookId webhook, int max);
}
