using System.Diagnostics.Metrics;

namespace SmartCommunity.Mqtt;

/// <summary>The listener's counters. No district or device is ever a label: labels are few and carry no one's name.</summary>
public sealed class MqttMetrics : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "SmartCommunity.Mqtt";

    private readonly Meter meter = new(MeterName);
    private long connections;

    public MqttMetrics()
    {
        Accepted = meter.CreateCounter<long>("sc.mqtt.messages.accepted", "{message}", "Messages made durable.");
        Duplicates = meter.CreateCounter<long>("sc.mqtt.messages.duplicates", "{message}", "Messages that were durable before.");
        Quarantined = meter.CreateCounter<long>("sc.mqtt.messages.quarantined", "{message}", "Messages kept in quarantine.");
        Failed = meter.CreateCounter<long>("sc.mqtt.messages.failed", "{message}", "Messages not acknowledged because the store could not take them.");
        Refused = meter.CreateCounter<long>("sc.mqtt.refused", "{event}", "Connections, publishes and subscriptions refused.");
        Oversize = meter.CreateCounter<long>("sc.mqtt.oversize", "{packet}", "Packets whose announced length was beyond the cap.");
        Waits = meter.CreateCounter<long>("sc.mqtt.waits", "{wait}", "Times a connection stopped reading because its ring or its lane was full.");
        ErrorsDropped = meter.CreateCounter<long>("sc.mqtt.errors.dropped", "{message}", "Error-topic messages dropped because too many waited.");
        DownDropped = meter.CreateCounter<long>("sc.mqtt.down.dropped", "{message}", "Messages to clients dropped: too many waited, expired, or larger than the client takes.");
        meter.CreateObservableGauge("sc.mqtt.connections", () => Volatile.Read(ref connections), "{connection}", "Open connections.");
    }

    /// <summary>Open connections.</summary>
    public long Connections => Volatile.Read(ref connections);

    internal Counter<long> Accepted { get; }

    internal Counter<long> Duplicates { get; }

    internal Counter<long> Quarantined { get; }

    internal Counter<long> Failed { get; }

    internal Counter<long> Refused { get; }

    internal Counter<long> Oversize { get; }

    internal Counter<long> Waits { get; }

    internal Counter<long> ErrorsDropped { get; }

    internal Counter<long> DownDropped { get; }

    public void Dispose() => meter.Dispose();

    internal long Opened() => Interlocked.Increment(ref connections);

    internal void Closed() => Interlocked.Decrement(ref connections);
}
