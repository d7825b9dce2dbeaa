using SmartCommunity.Storage;

namespace SmartCommunity.Grains.Streams;

/// <summary>
/// Another activation writes the stream. Thrown inside the grain, which then reads the stream again and repeats the command; it leaves the grain
/// only when that happens again and again. The edges map it to "unavailable, try again".
/// </summary>
[GenerateSerializer, Alias("sc.StaleStreamException")]
public sealed class StaleStreamException : Exception
{
    public StaleStreamException()
    {
    }

    public StaleStreamException(string message)
        : base(message)
    {
    }

    public StaleStreamException(string message, Exception inner)
        : base(message, inner)
    {
    }

    internal static StaleStreamException Of(StreamKey stream, CommitStatus status) => new($"Stream {stream} has another writer ({status}).");
}

/// <summary>An entry of the stream cannot be folded. Its grain stays down, all others live; the entry's position is in the message.</summary>
[GenerateSerializer, Alias("sc.PoisonedStreamException")]
public sealed class PoisonedStreamException : Exception
{
    public PoisonedStreamException()
    {
    }

    public PoisonedStreamException(string message)
        : base(message)
    {
    }

    public PoisonedStreamException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
