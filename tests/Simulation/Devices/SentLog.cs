using System.Diagnostics;

namespace SmartCommunity.Simulation.Devices;

internal enum SentKind
{
    Telemetry,
    Report,
}

/// <summary>One message of a device. <see cref="Acknowledged"/> is set on the first PUBACK and never taken back.</summary>
internal sealed record SentMessage(string Device, string Id, SentKind Kind, string Topic, byte[] Payload)
{
    public bool Acknowledged { get; set; }

    public int Sends { get; set; }
}

/// <summary>Everything one device ever sent. It lives in the test's own process: a kill of the product cannot touch it.</summary>
internal sealed class SentLog
{
    private readonly Lock gate = new();
    private readonly List<SentMessage> all = [];

    /// <summary><see cref="Stopwatch"/> time of the last PUBACK.</summary>
    public long LastAckAt { get; private set; }

    public void Add(SentMessage message)
    {
        lock (gate)
        {
            all.Add(message);
        }
    }

    public void Acknowledge(SentMessage message)
    {
        lock (gate)
        {
            message.Acknowledged = true;
            LastAckAt = Stopwatch.GetTimestamp();
        }
    }

    public SentMessage[] All()
    {
        lock (gate)
        {
            return [.. all];
        }
    }

    public SentMessage[] Open()
    {
        lock (gate)
        {
            return all.Where(m => !m.Acknowledged).ToArray();
        }
    }
}
