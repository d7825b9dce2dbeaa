using SmartCommunity.Domain.Refusals;
using SmartCommunity.Domain.Twins;
using SmartCommunity.Grains.Ingest;
using SmartCommunity.Mqtt.Wire;

namespace SmartCommunity.Mqtt.Links;

/// <summary>
/// The acknowledgements one connection owes, in the order of their PUBLISH packets (MQTT 5, 4.6). A slot is filled when its packet is
/// posted and written when every message of the packet is durable and all slots before it are written. A full ring stops the reading.
/// </summary>
internal sealed class AckRing : IIngestReceipt, IDisposable
{
    /// <summary>Slots; advertised to MQTT 5 clients as Receive Maximum.</summary>
    public const int Length = 256;

    /// <summary>A ticket is the slot's number and, below it, the message's index in its packet.</summary>
    private const int IndexBits = 10;
    private const int IndexMask = (1 << IndexBits) - 1;

    private readonly Slot[] slots = new Slot[Length];
    private readonly SemaphoreSlim room = new(0);
    private readonly LinkOutput output;
    private readonly bool isVersion5;
    private readonly IRingListener listener;
    private readonly AckPump pump;
    private long tail;
    private long head;
    private int scheduled;
    private int waiting;
    private int closed;

    public AckRing(LinkOutput output, bool isVersion5, IRingListener listener, AckPump pump)
    {
        this.pump = pump;
        this.output = output;
        this.isVersion5 = isVersion5;
        this.listener = listener;
    }

    public bool HasRoom => tail - Volatile.Read(ref head) < Length;

    /// <summary>
    /// True when every slot is a PUBLISH of QoS 1 or 2 without its answer: one more is beyond the Receive Maximum (MQTT 5, 3.3.4). Looked at only when
    /// the ring is full.
    /// </summary>
    public bool IsAllUnanswered
    {
        get
        {
            foreach (ref readonly var slot in slots.AsSpan())
            {
                if (slot.Ack is not (PacketType.PubAck or PacketType.PubRec))
                {
                    return false;
                }
            }

            return !HasRoom;
        }
    }

    /// <summary>True while something posted is not yet answered.</summary>
    public bool IsBusy => Volatile.Read(ref tail) != Volatile.Read(ref head);

    /// <summary>Completes when a slot is free or the ring is closed. One waiter: the reading side.</summary>
    public async ValueTask WaitForRoomAsync()
    {
        while (!HasRoom && Volatile.Read(ref closed) == 0)
        {
            Interlocked.Exchange(ref waiting, 1);
            if ((!HasRoom && Volatile.Read(ref closed) == 0) || Interlocked.Exchange(ref waiting, 0) == 0)
            {
                await room.WaitAsync();
            }
        }
    }

    /// <summary>Takes a slot for a packet of <paramref name="messages"/> messages; answers the ticket of its first message, the next are one higher each.</summary>
    /// <param name="ids">The message id, or the array of ids when there are several.</param>
    /// <param name="origins">Whose messages they are when not the connection's own: one route, or the array of routes.</param>
    public long Open(PacketType ack, ushort packetId, int messages, object? ids, object? origins = null)
    {
        var number = tail;
        ref var slot = ref slots[number % Length];
        slot.Ack = ack;
        slot.PacketId = packetId;
        slot.Code = ReasonCode.Success;
        slot.Failed = false;
        slot.Reason = null;
        slot.Ids = ids;
        slot.Origins = origins;
        Volatile.Write(ref slot.Remaining, messages);
        Volatile.Write(ref tail, number + 1);
        return number << IndexBits;
    }

    /// <summary>Answers a packet that needs no commit, in its turn.</summary>
    public void Answer(PacketType ack, ushort packetId, ReasonCode code)
    {
        var number = tail;
        ref var slot = ref slots[number % Length];
        slot.Ack = ack;
        slot.PacketId = packetId;
        slot.Code = code;
        slot.Failed = false;
        slot.Reason = null;
        slot.Ids = null;
        slot.Origins = null;
        Volatile.Write(ref slot.Remaining, 0);
        Volatile.Write(ref tail, number + 1);
        Schedule();
    }

    public void Complete(long ticket, in MessageOutcome outcome)
    {
        ref var slot = ref slots[(ticket >> IndexBits) % Length];
        if (outcome.Fate == MessageFate.Quarantined)
        {
            slot.Code = ReasonCodes.Of(outcome);
            slot.Reason = outcome.Reason;
            var index = (int)(ticket & IndexMask);
            listener.OnQuarantined(slot.OriginOf(index), slot.IdOf(index), outcome.Reason);
        }
        else
        {
            listener.OnDurable(outcome.Fate);
        }

        if (Interlocked.Decrement(ref slot.Remaining) == 0)
        {
            Schedule();
        }
    }

    public void Fail(long ticket)
    {
        ref var slot = ref slots[(ticket >> IndexBits) % Length];
        Volatile.Write(ref slot.Failed, true);
        listener.OnFailed();
        if (Interlocked.Decrement(ref slot.Remaining) == 0)
        {
            Schedule();
        }
    }

    /// <summary>Lets go of whoever waits; nothing is written any more.</summary>
    public void Close()
    {
        Volatile.Write(ref closed, 1);
        ReleaseWaiter();
    }

    /// <summary>Writes what is ready; called by the pump.</summary>
    public void Drain() => _ = DrainAsync();

    public void Dispose() => room.Dispose();

    private void Schedule()
    {
        if (Interlocked.Exchange(ref scheduled, 1) == 0)
        {
            pump.Add(this);
        }
    }

    private void ReleaseWaiter()
    {
        if (Interlocked.Exchange(ref waiting, 0) == 1)
        {
            room.Release();
        }
    }

    private async Task DrainAsync()
    {
        if (!await output.EnterAsync())
        {
            Close();
            return;
        }

        // Given back only now: whoever waited for the writer in vain would otherwise queue up behind it, once a completion.
        Interlocked.Exchange(ref scheduled, 0);
        var failed = WriteReady();
        await output.LeaveAsync(last: failed);
        ReleaseWaiter();
        if (failed)
        {
            listener.OnBroken();
        }
    }

    /// <summary>Writes what is ready at the front. True when the front has failed: it and all behind it stay without an answer.</summary>
    private bool WriteReady()
    {
        var number = head;
        var end = Volatile.Read(ref tail);
        var failed = false;
        while (number < end && Volatile.Read(ref slots[number % Length].Remaining) == 0 && !failed)
        {
            ref var slot = ref slots[number % Length];
            failed = Volatile.Read(ref slot.Failed);
            if (!failed)
            {
                Write(slot);
                slot.Ids = null;
                number++;
            }
        }

        Volatile.Write(ref head, number);
        if (failed && isVersion5)
        {
            PacketWriter.WriteDisconnect(output.Pipe, ReasonCode.ServerBusy, output.ReasonOf(ReasonCode.ServerBusy));
        }

        return failed;
    }

    private void Write(in Slot slot)
    {
        if (slot.Ack == NoAck)
        {
            return;
        }

        if (slot.Ack == PacketType.PubRec && isVersion5 && slot.Code >= ReasonCode.Unspecified)
        {
            listener.OnHandshakeEnded(slot.PacketId);
        }

        var pipe = output.Pipe;
        if (slot.Code != ReasonCode.Success && isVersion5 && ReasonOf(slot) is { } reason)
        {
            PacketWriter.WriteAck(pipe, slot.Ack, slot.PacketId, slot.Code, reason);
            return;
        }

        pipe.Advance(PacketWriter.WriteAck(pipe.GetSpan(PacketWriter.AckBytesMax), slot.Ack, slot.PacketId, slot.Code, isVersion5));
    }

    /// <summary>Why, for a client that wants to read it: the field and the rule of the refusal.</summary>
    private string? ReasonOf(in Slot slot) => slot.Reason is { } refusal && output.MayReason
        ? $"{refusal.Field}: {refusal.Rule}"
        : output.ReasonOf(slot.Code);

    /// <summary>The acknowledgement of a QoS 0 packet: none, though it holds a slot like any other.</summary>
    public const PacketType NoAck = 0;

    private struct Slot
    {
        public int Remaining;
        public bool Failed;
        public PacketType Ack;
        public ReasonCode Code;
        public ushort PacketId;
        public Refusal? Reason;
        public object? Ids;
        public object? Origins;

        public readonly string? IdOf(int index) => Ids is string?[] many ? many[index] : Ids as string;

        public readonly DeviceRoute? OriginOf(int index) => Origins is DeviceRoute?[] many ? many[index] : Origins as DeviceRoute;
    }
}

/// <summary>What a ring tells its connection. Called on store and grain threads: short, and never throwing.</summary>
internal interface IRingListener
{
    void OnDurable(MessageFate fate);

    /// <param name="origin">Whose message it is when not the connection's own device.</param>
    void OnQuarantined(DeviceRoute? origin, string? messageId, Refusal? reason);

    void OnFailed();

    /// <summary>A QoS 2 packet was refused: its id is free again.</summary>
    void OnHandshakeEnded(ushort packetId);

    /// <summary>What was durable has been acknowledged, the rest never will be: close.</summary>
    void OnBroken();
}
