using SmartCommunity.Domain.Catalogue;
using SmartCommunity.Domain.Cells;

namespace SmartCommunity.Domain.Twins;

/// <summary>Decides what messages and time do to a twin. Pure: reads the twin, changes nothing.</summary>
public static partial class TwinDecider
{
    /// <summary>
    /// Decides a batch of messages in order. Clocks that ran out before a message fire first, so the outcome does not depend on when the sweeper
    /// came by.
    /// </summary>
    /// <param name="places">Finds cells for reports.</param>
    /// <param name="facts">What the store has said so far; see <see cref="KnownFacts"/>.</param>
    public static TwinDecision Ingest(
        TwinState state, ReadOnlySpan<DeviceMessage> messages, DistrictCatalogue catalogue, IPlaces places, KnownFacts facts)
    {
        var recordedMs = long.MinValue;
        foreach (ref readonly var message in messages)
        {
            recordedMs = Math.Max(recordedMs, message.ReceivedMs);
        }

        var ingest = new TwinIngest(new(state, catalogue, messages.Length, recordedMs), places, facts);
        for (var i = 0; i < messages.Length; i++)
        {
            ingest.Take(i, messages[i]);
        }

        return ingest.Done();
    }

    /// <summary>Fires the clocks that ran out by <paramref name="nowMs"/>, each with its true due instant, and says what is due next.</summary>
    public static TwinDecision Sweep(TwinState state, DistrictCatalogue catalogue, long nowMs)
    {
        var scratch = new TwinScratch(state, catalogue, messages: 0, nowMs);
        scratch.MoveTo(nowMs);
        foreach (var slot in state.Slots)
        {
            if (TwinDue.Of(slot.Device, slot.Online, slot.LastSeenMs, slot.Tracks, slot.Commands, catalogue) <= nowMs)
            {
                scratch.FireDue(scratch.Draft(slot), nowMs);
            }
        }

        scratch.CloseDecision(always: true);
        return scratch.Decision;
    }

    /// <summary>When the twin wants its next sweep, Unix ms; null for never.</summary>
    public static long? NextDueMs(TwinState state, DistrictCatalogue catalogue)
    {
        var next = TwinDue.Never;
        foreach (var slot in state.Slots)
        {
            next = Math.Min(next, TwinDue.Of(slot.Device, slot.Online, slot.LastSeenMs, slot.Tracks, slot.Commands, catalogue));
        }

        return next == TwinDue.Never ? null : next;
    }
}
