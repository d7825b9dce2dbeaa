using System.Collections.Concurrent;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Domain.Twins;
using SmartCommunity.Grains.Ingest;

namespace SmartCommunity.Edge.Tests.Mqtt;

/// <summary>Lanes and twins in one: completes at once, or holds what it was given until the test lets it go.</summary>
internal sealed class FakeIngest : IIngest
{
    private readonly ConcurrentDictionary<(string Device, string Key), ulong> seen = new();
    private readonly ConcurrentQueue<Held> held = new();
    private int posts;
    private int effects;

    /// <summary>True: nothing completes before <see cref="Release"/>.</summary>
    public volatile bool Holds;

    /// <summary>True: every lane is full.</summary>
    public volatile bool IsFull;

    /// <summary>True: the store takes nothing.</summary>
    public volatile bool Fails;

    public ConcurrentQueue<DeviceMessage> Taken { get; } = new();

    public int Posts => Volatile.Read(ref posts);

    public int Effects => Volatile.Read(ref effects);

    public int HeldCount => held.Count;

    public bool TryPost(DeviceRoute route, in DeviceMessage message, IIngestReceipt receipt, long ticket)
    {
        if (IsFull)
        {
            return false;
        }

        Interlocked.Increment(ref posts);
        Taken.Enqueue(message);
        var one = new Held(message, receipt, ticket);
        if (Holds)
        {
            held.Enqueue(one);
        }
        else
        {
            Finish(one);
        }

        return true;
    }

    /// <summary>Completes what is held, the newest first: the order of completion must not show in the order of acknowledgements.</summary>
    public void ReleaseAllBackwards()
    {
        Holds = false;
        foreach (var one in held.Reverse())
        {
            Finish(one);
        }

        held.Clear();
    }

    public void Release(int count)
    {
        while (count-- > 0 && held.TryDequeue(out var one))
        {
            Finish(one);
        }
    }

    private void Finish(Held one)
    {
        if (Fails)
        {
            one.Receipt.Fail(one.Ticket);
            return;
        }

        one.Receipt.Complete(one.Ticket, Decide(one.Message));
    }

    private MessageOutcome Decide(in DeviceMessage message)
    {
        if (message.Rejected is { } reason)
        {
            return new MessageOutcome(MessageFate.Quarantined, reason);
        }

        var key = (message.Device.ToString(), message.MessageId ?? message.Fingerprint.ToString("x16", null));
        if (seen.TryAdd(key, message.Fingerprint))
        {
            Interlocked.Increment(ref effects);
            return new MessageOutcome(MessageFate.Accepted);
        }

        return seen[key] == message.Fingerprint
            ? new MessageOutcome(MessageFate.Duplicate)
            : new MessageOutcome(
                MessageFate.Quarantined,
                new Refusal(RefusalCode.Conflict, "id", "The first message with this id stands.", "Use a new id."));
    }

    private sealed record Held(DeviceMessage Message, IIngestReceipt Receipt, long Ticket);
}
