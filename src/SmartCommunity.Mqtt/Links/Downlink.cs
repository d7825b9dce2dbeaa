using MQTTnet.Packets;
using MQTTnet.Protocol;
using SmartCommunity.Mqtt.Wire;

namespace SmartCommunity.Mqtt.Links;

/// <summary>
/// The messages to one client, in their order. Never more than the client's Receive Maximum are unacknowledged; the rest waits in a bounded
/// queue. It may outlive the connection: what was not acknowledged is then sent again on the next one (MQTT 5, 4.4).
/// </summary>
internal sealed class Downlink(MqttMetrics metrics, TimeProvider clock)
{
    /// <summary>Messages waiting for one client.</summary>
    public const int WaitingMax = 1_000;

    /// <summary>Payload bytes waiting for one client.</summary>
    public const int WaitingBytesMax = 1024 * 1024;

    /// <summary>Messages of QoS 1 and 2 written and not acknowledged, whatever more the client would take.</summary>
    public const int UnacknowledgedMax = 256;

    /// <summary>Packets written before the writer is given back.</summary>
    private const int BurstMax = 32;

    private readonly Lock sync = new();
    private readonly Queue<DownMessage> waiting = new();
    private readonly OrderedDictionary<ushort, Sent> sent = [];
    private readonly Queue<Sent> again = new();
    private DownWire? wire;
    private long waitingBytes;
    private int onWire;
    private ushort lastId;
    private bool isPumping;
    private bool hasEnded;

    /// <summary>Takes a message for the client. False: too many wait, or the session has ended; it was dropped and counted.</summary>
    public bool TryPost(DownMessage message)
    {
        DownWire? pump;
        lock (sync)
        {
            if (hasEnded || waiting.Count >= WaitingMax || waitingBytes + message.Payload.Length > WaitingBytesMax)
            {
                metrics.DownDropped.Add(1);
                return false;
            }

            waiting.Enqueue(message);
            waitingBytes += message.Payload.Length;
            pump = BeginPump();
        }

        Pump(pump);
        return true;
    }

    /// <summary>The client is there: what is unacknowledged is sent again, then what waits.</summary>
    public void Attach(DownWire to)
    {
        DownWire? pump;
        lock (sync)
        {
            wire = to;
            onWire = 0;
            isPumping = false;
            again.Clear();
            foreach (var (_, one) in sent)
            {
                one.IsOnWire = one.IsWaiting = false;
                Repeat(one);
            }

            pump = BeginPump();
        }

        Pump(pump);
    }

    /// <summary>The connection has ended; the session goes on.</summary>
    public void Detach(DownWire from)
    {
        lock (sync)
        {
            wire = ReferenceEquals(wire, from) ? null : wire;
        }
    }

    /// <summary>The session has ended: all that is left is lost.</summary>
    public void End()
    {
        List<DownMessage> lost;
        lock (sync)
        {
            hasEnded = true;
            wire = null;
            lost = [.. sent.Values.Select(s => s.Message), .. waiting];
            sent.Clear();
            waiting.Clear();
            again.Clear();
        }

        foreach (var message in lost)
        {
            message.Receipt?.Invoke(DownFate.Lost, 0);
        }
    }

    /// <summary>PUBACK, PUBREC or PUBCOMP of the client. One for a message that is not known is ignored.</summary>
    public void OnAcknowledged(PacketType type, ushort packetId, byte code)
    {
        DownMessage? done = null;
        DownWire? pump;
        lock (sync)
        {
            if (!sent.TryGetValue(packetId, out var one))
            {
                return;
            }

            if (type == PacketType.PubRec && code < (byte)ReasonCode.Unspecified)
            {
                one.IsReceived = true;
                Repeat(one);
            }
            else
            {
                sent.Remove(packetId);
                onWire -= one.IsOnWire ? 1 : 0;
                done = one.Message;
            }

            pump = BeginPump();
        }

        Pump(pump);
        done?.Receipt?.Invoke(code < (byte)ReasonCode.Unspecified ? DownFate.Acknowledged : DownFate.Refused, code);
    }

    private DownWire? BeginPump()
    {
        if (isPumping || wire is null || (waiting.Count == 0 && again.Count == 0))
        {
            return null;
        }

        isPumping = true;
        return wire;
    }

    private void Pump(DownWire? to)
    {
        if (to is not null)
        {
            _ = PumpAsync(to);
        }
    }

    private async Task PumpAsync(DownWire to)
    {
        while (await to.Output.EnterAsync())
        {
            var goesOn = true;
            for (var i = 0; i < BurstMax && goesOn; i++)
            {
                goesOn = WriteNext(to);
            }

            await to.Output.LeaveAsync();
            if (!goesOn && IsDone(to))
            {
                return;
            }
        }

        Detach(to);
    }

    /// <summary>True when there is nothing more to write now: the next message or acknowledgement starts the pump again.</summary>
    private bool IsDone(DownWire to)
    {
        lock (sync)
        {
            if (!ReferenceEquals(wire, to))
            {
                return true;
            }

            isPumping = CanWrite(to);
            return !isPumping;
        }
    }

    private bool CanWrite(DownWire to) =>
        (again.TryPeek(out var first) && (first.IsOnWire || onWire < to.UnacknowledgedMax))
        || (again.Count == 0 && waiting.TryPeek(out var message) && (message.Qos == 0 || onWire < to.UnacknowledgedMax));

    /// <summary>Writes one packet. False: nothing may be written now.</summary>
    private bool WriteNext(DownWire to)
    {
        Sent? one = null;
        DownMessage? message;
        lock (sync)
        {
            if (!ReferenceEquals(wire, to) || !CanWrite(to))
            {
                return false;
            }

            if (again.TryDequeue(out one))
            {
                one.IsWaiting = false;
                if (!sent.ContainsKey(one.PacketId))
                {
                    return true;
                }

                message = one.Message;
                onWire += one.IsOnWire ? 0 : 1;
                one.IsOnWire = true;
            }
            else
            {
                message = waiting.Dequeue();
                waitingBytes -= message.Payload.Length;
            }
        }

        if (one is null)
        {
            WriteNew(to, message);
        }
        else if (one.IsReceived)
        {
            to.WriteRelease(one.PacketId);
        }
        else if (!to.TryWrite(message, one.PacketId, isDuplicate: true, SecondsLeft(message)))
        {
            Forget(one.PacketId, message);
        }

        return true;
    }

    /// <summary>Once in the queue is enough, however often a client repeats itself.</summary>
    private void Repeat(Sent one)
    {
        if (!one.IsWaiting)
        {
            one.IsWaiting = true;
            again.Enqueue(one);
        }
    }

    private void WriteNew(DownWire to, DownMessage message)
    {
        if (message.IsWanted?.Invoke() == false || (message.ExpiresAtMs != 0 && message.ExpiresAtMs <= clock.GetUtcNow().ToUnixTimeMilliseconds()))
        {
            Drop(message, DownFate.Expired);
            return;
        }

        ushort id = 0;
        if (message.Qos > 0)
        {
            lock (sync)
            {
                if (hasEnded)
                {
                    message.Receipt?.Invoke(DownFate.Lost, 0);
                    return;
                }

                id = NextId();
                sent.Add(id, new Sent(message, id) { IsOnWire = true });
                onWire++;
            }
        }

        if (to.TryWrite(message, id, isDuplicate: false, SecondsLeft(message)))
        {
            if (id == 0)
            {
                message.Receipt?.Invoke(DownFate.Acknowledged, 0);
            }

            return;
        }

        Forget(id, message);
    }

    /// <summary>The client does not take so large a packet, so it is treated as if it had been sent (MQTT 5, 3.1.2.11.4).</summary>
    private void Forget(ushort packetId, DownMessage message)
    {
        lock (sync)
        {
            onWire -= sent.Remove(packetId) ? 1 : 0;
        }

        Drop(message, DownFate.TooLarge);
    }

    private void Drop(DownMessage message, DownFate fate)
    {
        metrics.DownDropped.Add(1);
        message.Receipt?.Invoke(fate, 0);
    }

    private uint SecondsLeft(DownMessage message)
    {
        const long msASecond = 1_000;
        var left = message.ExpiresAtMs - clock.GetUtcNow().ToUnixTimeMilliseconds();
        return message.ExpiresAtMs == 0 ? 0 : (uint)Math.Clamp((left + msASecond - 1) / msASecond, 1, uint.MaxValue);
    }

    private ushort NextId()
    {
        do
        {
            lastId++;
        }
        while (lastId == 0 || sent.ContainsKey(lastId));
        return lastId;
    }

    private sealed class Sent(DownMessage message, ushort packetId)
    {
        public DownMessage Message { get; } = message;

        public ushort PacketId { get; } = packetId;

        /// <summary>Counts against the Receive Maximum of this connection.</summary>
        public bool IsOnWire { get; set; }

        /// <summary>Stands in the queue of what is sent again.</summary>
        public bool IsWaiting { get; set; }

        /// <summary>QoS 2: PUBREC has come, PUBREL is what to send.</summary>
        public bool IsReceived { get; set; }
    }
}
