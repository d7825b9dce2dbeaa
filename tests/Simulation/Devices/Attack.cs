using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace SmartCommunity.Simulation.Devices;

/// <summary>
/// Sends mutated packets over a few connections at once, at a bounded rate: it must not take the cores from what it attacks. Behind each packet a question is asked, and
/// the next one waits for the answer or for the end of the connection: so every packet has met a listener that listened. What is not answered in time is kept.
/// </summary>
internal sealed class Attack(int port, Func<int, Mutations> mutations) : IDisposable
{
    /// <summary>
    /// Mutated packets a second, at most: each connection sends one every <see cref="PaceMs"/>. More than half of them need a connection of their own, and attack,
    /// good device and product share the cores: a quicker attack would measure who gets them.
    /// </summary>
    public const int PacketsPerSecond = Connections * 1000 / PaceMs;

    private const int Connections = 16;
    private const int PaceMs = 6;
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(PaceMs);

    /// <summary>Longer than the listener waits for anything of a device (<c>Mqtt:StallTimeoutSeconds</c>, 30): by then it has answered or ended the connection.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    private static readonly byte[] Question = [0xC0, 0];
    private const byte Answer = 0xD0;
    private const byte Farewell = 0xE0;

    private readonly Slot[] slots = [.. Enumerable.Range(0, Connections).Select(i => new Slot(mutations(i), i % 2 == 0))];
    private int sent;
    private int opened;

    /// <summary>Mutated packets sent.</summary>
    public int Sent => sent;

    /// <summary>Connections begun.</summary>
    public int Opened => opened;

    /// <summary>Packets, hex, that the listener answered neither with a packet nor with the end of the connection.</summary>
    public ConcurrentQueue<string> Unanswered { get; } = new();

    /// <summary>Sends so many more.</summary>
    public Task RunAsync(int packets, CancellationToken cancellation) =>
        Task.WhenAll(slots.Select(slot => Task.Run(() => RunAsync(slot, packets / Connections, cancellation), cancellation)));

    public void Dispose()
    {
        foreach (var slot in slots)
        {
            slot.Socket?.Dispose();
        }
    }

    private async Task RunAsync(Slot slot, int packets, CancellationToken cancellation)
    {
        using var pace = new PeriodicTimer(Pace);
        for (var i = 0; i < packets; i++)
        {
            await pace.WaitForNextTickAsync(cancellation);
            await SendAsync(slot, cancellation);
            Interlocked.Increment(ref sent);
        }
    }

    private async Task SendAsync(Slot slot, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(Patience);
        byte[] packet = [];
        try
        {
            byte[] opening = [];
            if (slot.Socket is null)
            {
                slot.Socket = await OpenAsync(patience.Token);
                opening = slot.Mutations.Opening(slot.IsVersion5);
            }

            packet = slot.Mutations.Next(slot.IsVersion5);
            await slot.Socket.SendAsync((byte[])[.. opening, .. packet, .. Question], patience.Token);
            if (!Mutations.IsWhole(opening) || !Mutations.IsWhole(packet))
            {
                // The listener takes the question for a part of the packet and waits for the rest: half a minute on an open connection, not at all on one that says it
                // has no more to send. So damage to a length costs no patience and is still answered with an end.
                slot.Socket.Shutdown(SocketShutdown.Send);
            }

            if (!await IsAnsweredAsync(slot, packet.AsSpan().SequenceEqual(Question) ? 2 : 1, patience.Token))
            {
                slot.Close();
            }
        }
        catch (SocketException)
        {
            // Closed by the server for what it was sent: as it should be.
            slot.Close();
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            Unanswered.Enqueue(Convert.ToHexString(packet));
            slot.Close();
        }
    }

    /// <summary>False when the server closed the connection instead, or said that it will: it then reads on for a moment, which need not be waited for.</summary>
    private static async Task<bool> IsAnsweredAsync(Slot slot, int questions, CancellationToken cancellation)
    {
        while (questions > 0)
        {
            var read = await slot.Socket!.ReceiveAsync(slot.Received.AsMemory(slot.Length), cancellation);
            if (read == 0)
            {
                return false;
            }

            slot.Length += read;
            questions -= slot.TakeAnswers();
            if (slot.HasFarewell)
            {
                return false;
            }
        }

        return true;
    }

    private async Task<Socket> OpenAsync(CancellationToken cancellation)
    {
        Interlocked.Increment(ref opened);

        // A reset instead of a farewell: thousands of ended connections must not use up the machine's ports.
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, LingerState = new LingerOption(true, 0) };
        await socket.ConnectAsync(IPAddress.Loopback, port, cancellation);
        return socket;
    }

    private sealed class Slot(Mutations mutations, bool isVersion5)
    {
        public Mutations Mutations => mutations;

        public bool IsVersion5 => isVersion5;

        public byte[] Received { get; } = new byte[16 * 1024];

        public int Length { get; set; }

        public Socket? Socket { get; set; }

        public bool HasFarewell { get; private set; }

        /// <summary>Takes the whole packets off what was received, acknowledgements among them; answers how many were answers to questions.</summary>
        public int TakeAnswers()
        {
            var (at, answers) = (0, 0);
            while (Devices.Mutations.LengthOf(Received.AsSpan(at, Length - at)) is { } length && at + length <= Length)
            {
                answers += Received[at] == Answer ? 1 : 0;
                HasFarewell |= Received[at] == Farewell;
                at += length;
            }

            Received.AsSpan(at, Length - at).CopyTo(Received);
            Length -= at;
            return answers;
        }

        public void Close()
        {
            Socket?.Dispose();
            Socket = null;
            Length = 0;
            HasFarewell = false;
        }
    }
}
