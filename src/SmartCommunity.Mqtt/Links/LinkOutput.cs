using System.Buffers;
using System.IO.Pipelines;
using SmartCommunity.Mqtt.Wire;

namespace SmartCommunity.Mqtt.Links;

/// <summary>
/// The writing side of a connection. Acknowledgements and messages down share it, one writer at a time; after the last
/// packet nothing is written any more, so no acknowledgement follows a DISCONNECT.
/// </summary>
internal sealed class LinkOutput(PipeWriter pipe, TimeProvider clock) : IDisposable
{
    private readonly SemaphoreSlim gate = new(1, 1);
    private bool closed;
    private long flushStarted;

    /// <summary>How long the flush that is under way has been waiting for the peer to read; zero when there is none.</summary>
    public TimeSpan Stalled => Volatile.Read(ref flushStarted) is var started and not 0 ? clock.GetElapsedTime(started) : TimeSpan.Zero;

    /// <summary>The largest packet the client takes, in bytes; 0: any.</summary>
    public uint PeerPacketBytesMax { get; set; }

    /// <summary>True when the client wants to read why (MQTT 5, Request Problem Information).</summary>
    public bool WantsReasons { get; set; }

    /// <summary>True when a reason string may be sent and fits what the client takes.</summary>
    public bool MayReason => WantsReasons && (PeerPacketBytesMax == 0 || PeerPacketBytesMax >= 2 * PacketWriter.ReasonBytesMax);

    /// <summary>The sentence to a code, where one may be sent.</summary>
    public string? ReasonOf(ReasonCode code) => MayReason ? ReasonCodes.TextOf(code) : null;

    /// <summary>The pipe to write to; only between <see cref="EnterAsync"/> and <see cref="LeaveAsync"/>.</summary>
    public IBufferWriter<byte> Pipe => pipe;

    /// <summary>Takes the writer. False: closed, and the writer was not taken.</summary>
    public ValueTask<bool> EnterAsync()
    {
        if (!gate.Wait(0))
        {
            return EnterSlowAsync();
        }

        return new ValueTask<bool>(CheckOpen());
    }

    /// <summary>Sends what was written and gives the writer back.</summary>
    /// <param name="last">True when nothing may follow.</param>
    public ValueTask LeaveAsync(bool last = false)
    {
        if (last)
        {
            Volatile.Write(ref closed, true);
        }

        var flush = pipe.FlushAsync();
        if (!flush.IsCompletedSuccessfully)
        {
            return LeaveSlowAsync(flush);
        }

        Finish(flush.Result);
        return ValueTask.CompletedTask;
    }

    /// <summary>Writes one packet, unless the output is closed.</summary>
    public async ValueTask SendAsync<TState>(Action<IBufferWriter<byte>, TState> write, TState state, bool last = false)
    {
        if (await EnterAsync())
        {
            write(pipe, state);
            await LeaveAsync(last);
        }
    }

    /// <summary>Closes for further writing.</summary>
    public void Close() => Volatile.Write(ref closed, true);

    public void Dispose() => gate.Dispose();

    private async ValueTask<bool> EnterSlowAsync()
    {
        await gate.WaitAsync();
        return CheckOpen();
    }

    private bool CheckOpen()
    {
        if (!Volatile.Read(ref closed))
        {
            return true;
        }

        gate.Release();
        return false;
    }

    private async ValueTask LeaveSlowAsync(ValueTask<FlushResult> flush)
    {
        Volatile.Write(ref flushStarted, clock.GetTimestamp());
        try
        {
            Finish(await flush);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or InvalidOperationException)
        {
            // The peer is gone, or the connection was aborted while it did not read.
            Finish(new FlushResult(isCanceled: false, isCompleted: true));
        }
    }

    private void Finish(FlushResult result)
    {
        Volatile.Write(ref flushStarted, 0);
        if (result.IsCompleted)
        {
            Volatile.Write(ref closed, true);
        }

        gate.Release();
    }
}
