using System.Text.Json.Nodes;

namespace SmartCommunity.Cli.Playing;

/// <summary>
/// What became of the messages of one run; exact: every message ends as accepted, quarantined or refused, or the run fails. Safe from any thread.
/// </summary>
internal sealed class Tally
{
    private long sent;
    private long accepted;
    private long quarantined;
    private long refused;
    private long redelivered;
    private long reconnects;

    /// <summary>Distinct messages handed to the network.</summary>
    public long Sent => Interlocked.Read(ref sent);

    /// <summary>Acknowledged as durable; a repetition counts here too.</summary>
    public long Accepted => Interlocked.Read(ref accepted);

    /// <summary>Acknowledged, but kept aside with a reason.</summary>
    public long Quarantined => Interlocked.Read(ref quarantined);

    /// <summary>Answered with another refusal (topic, right, quota).</summary>
    public long Refused => Interlocked.Read(ref refused);

    /// <summary>Sent again after a lost connection, because no acknowledgement had come.</summary>
    public long Redelivered => Interlocked.Read(ref redelivered);

    public long Reconnects => Interlocked.Read(ref reconnects);

    public long Acked => Accepted + Quarantined;

    public long Unanswered => Sent - Acked - Refused;

    public void CountSent() => Interlocked.Increment(ref sent);

    public void CountAccepted() => Interlocked.Increment(ref accepted);

    public void CountQuarantined() => Interlocked.Increment(ref quarantined);

    public void CountRefused() => Interlocked.Increment(ref refused);

    public void CountRedelivered() => Interlocked.Increment(ref redelivered);

    public void CountReconnect() => Interlocked.Increment(ref reconnects);

    public JsonObject ToJson() => new()
    {
        ["sent"] = Sent,
        ["acked"] = Acked,
        ["accepted"] = Accepted,
        ["quarantined"] = Quarantined,
        ["refused"] = Refused,
        ["unanswered"] = Unanswered,
        ["redelivered"] = Redelivered,
        ["reconnects"] = Reconnects,
    };
}
