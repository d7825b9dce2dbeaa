using CsCheck;
using SmartCommunity.Grains.Feed;
using SmartCommunity.Storage;
using SmartCommunity.Webhooks.Delivering;
using Xunit;

namespace SmartCommunity.Edge.Tests.Webhooks;

public sealed class WindowTests
{
    /// <summary>Whatever is added, taken, answered and put back: an entity's events come in order, one at a time, and nothing is passed over.</summary>
    [Fact]
    public void An_entity_has_one_event_under_way_and_the_cursor_passes_nothing_unanswered() => Gen.Int[0, 99].Array[1, 200].Sample(steps =>
    {
        var window = new DeliveryWindow(0);
        var position = 0L;
        var open = new SortedSet<long>();
        var underWay = new List<Waiting>();
        var last = new Dictionary<string, long>();
        foreach (var step in steps)
        {
            if (step < 40)
            {
                position += 1 + (step % 3);
                open.Add(position);
                window.Add(Item(position, $"buildings/B{step % 4}"));
            }
            else if (step < 70)
            {
                if ((step < 45 ? window.TakeFailed() : window.Take()) is { } taken)
                {
                    Assert.DoesNotContain(underWay, w => w.Entity == taken.Entity);
                    Assert.True(last.GetValueOrDefault(taken.Entity) < taken.Position);
                    underWay.Add(taken);
                }
            }
            else if (underWay.Count > 0)
            {
                var done = underWay[step % underWay.Count];
                underWay.Remove(done);
                if (step < 85)
                {
                    window.Answered(done);
                    open.Remove(done.Position);
                    last[done.Entity] = done.Position;
                }
                else
                {
                    window.PutBack(done);
                }
            }

            Assert.Equal(open.Count, window.Count);
            Assert.Equal(open.Count == 0 ? position : open.Min - 1, window.Cursor);
        }
    });

    [Fact]
    public void What_concerns_others_moves_the_cursor_of_an_empty_window_only()
    {
        var window = new DeliveryWindow(5);
        window.ReadTo(9);
        Assert.Equal(9, window.Cursor);
        window.Add(Item(12, "grid"));
        window.ReadTo(20);
        Assert.Equal(11, window.Cursor);
        window.Answered(window.Take()!);
        Assert.Equal(20, window.Cursor);
    }

    private static FeedItem Item(long position, string entity) => new(
        FeedKind.Alarm,
        new JournalEntry { Position = position, District = "340104", Stream = entity, Area = "340104", AtMs = 0, RecordedMs = 0, Type = "alarm-raised/1" });
}
