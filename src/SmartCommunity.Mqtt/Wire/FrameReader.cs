using System.Buffers;

namespace SmartCommunity.Mqtt.Wire;

/// <summary>What stands at the front of a receive buffer.</summary>
internal enum FrameStatus
{
    /// <summary>More bytes are needed.</summary>
    Partial,

    /// <summary>One whole packet.</summary>
    Complete,

    /// <summary>A packet whose announced length is beyond the cap; told from its header, before its body is buffered.</summary>
    TooLarge,

    /// <summary>A remaining length of more than four bytes.</summary>
    Malformed,
}

/// <summary>Cuts MQTT packets out of a byte stream: fixed header, remaining length, body (MQTT 5, 2.1).</summary>
internal static class FrameReader
{
    /// <summary>The longest fixed header: type and flags, then a remaining length of up to four bytes.</summary>
    private const int HeaderBytesMax = 5;

    /// <summary>Reads the packet at the front; on <see cref="FrameStatus.Complete"/> the buffer is moved behind it.</summary>
    /// <param name="bodyBytesMax">The largest remaining length that is accepted.</param>
    public static FrameStatus TryRead(ref ReadOnlySequence<byte> buffer, int bodyBytesMax, out byte header, out ReadOnlySequence<byte> body)
    {
        header = 0;
        body = default;
        Span<byte> copy = stackalloc byte[HeaderBytesMax];
        scoped var front = buffer.FirstSpan;
        if (front.Length < HeaderBytesMax && !buffer.IsSingleSegment)
        {
            var length = (int)Math.Min(HeaderBytesMax, buffer.Length);
            buffer.Slice(0, length).CopyTo(copy);
            front = copy[..length];
        }

        var status = TryReadHeader(front, out var headerBytes, out var bodyBytes);
        if (status != FrameStatus.Complete)
        {
            return status;
        }

        if (bodyBytes > bodyBytesMax)
        {
            return FrameStatus.TooLarge;
        }

        if (buffer.Length < headerBytes + bodyBytes)
        {
            return FrameStatus.Partial;
        }

        header = front[0];
        body = buffer.Slice(headerBytes, bodyBytes);
        buffer = buffer.Slice(headerBytes + bodyBytes);
        return FrameStatus.Complete;
    }

    private static FrameStatus TryReadHeader(ReadOnlySpan<byte> front, out int headerBytes, out int bodyBytes)
    {
        bodyBytes = 0;
        var shift = 0;
        for (headerBytes = 1; headerBytes < HeaderBytesMax; shift += 7)
        {
            if (headerBytes >= front.Length)
            {
                return FrameStatus.Partial;
            }

            var digit = front[headerBytes++];
            bodyBytes |= (digit & 0x7F) << shift;
            if (digit < 0x80)
            {
                return FrameStatus.Complete;
            }
        }

        return FrameStatus.Malformed;
    }
}
