using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.Views;

namespace SmartCommunity.Domain.Commands;

/// <summary>An event on its way into the journal. Times in Unix ms: <paramref name="AtMs"/> when it happened, <paramref name="RecordedMs"/> when we learnt of it.</summary>
/// <param name="Actor">Who caused it (<c>key:ab12cd</c>, <c>device:smoke-1</c>, <c>rule:r1</c>).</param>
/// <param name="Cause">The message or request that caused it; null when nothing did.</param>
public readonly record struct DecidedEvent(DomainEvent Event, AreaCode Area, long AtMs, long RecordedMs, string Actor, string? Cause = null);

/// <summary>
/// The answer of a decider: what the caller gets, the events to append (none: nothing to do, a harmless repetition or a dry run) and what they do
/// to views, counters and look-ups.
/// </summary>
public sealed class Decision<T>(T result)
    where T : class
{
    public T Result { get; } = result;

    public List<DecidedEvent> Events { get; } = [];

    public Effects Effects { get; } = new();
}
