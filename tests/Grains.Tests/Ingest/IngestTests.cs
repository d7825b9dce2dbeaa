using SmartCommunity.Domain.Twins;
using SmartCommunity.Grains.Directory;
using SmartCommunity.Grains.Ingest;

namespace SmartCommunity.Grains.Tests.Ingest;

public class IngestTests
{
    [Fact]
    public async Task A_message_becomes_a_reading_a_twin_value_and_a_count()
    {
        await using var silo = await TestSilo.StartAsync();
        var town = await Town.BuildAsync(silo);
        var route = await town.MountAsync("d1", Town.B1);
        Assert.Equal(MessageFate.Accepted, await town.SendAsync(route, town.Telemetry(route, 41.5, "m1")));

        var reading = Assert.Single(await silo.Store.AtAsync(Town.District, "d1", silo.Time.GetUtcNow().ToUnixTimeMilliseconds(), default));
        Assert.Equal(("pm25", 41.5, "m1"), (reading.Metric, reading.Value, reading.Message));
        var view = Town.Ok(await silo.Grains.Building(Town.Code, Town.B1).Get());
        Assert.Equal(41.5, Assert.Single(Assert.Single(view.Sensors).Values).Value);
        Assert.Equal(Town.West, view.Area);
        foreach (var area in new[] { Town.West, Town.West.Parent, Town.Code })
        {
            var rollup = await silo.Get<IDirectory>().RollupAsync(area, silo.Time.GetUtcNow(), default);
            Assert.Equal((1, 1), (rollup.DevicesOnline, rollup.DevicesTotal));
        }

        Assert.Equal(0, (await silo.Get<IDirectory>().RollupAsync(Town.East, silo.Time.GetUtcNow(), default)).DevicesTotal);
    }

    [Fact]
    public async Task A_repeated_message_changes_nothing_also_after_a_restart()
    {
        await using var silo = await TestSilo.StartAsync();
        var town = await Town.BuildAsync(silo);
        var route = await town.MountAsync("d1", Town.B1);
        var message = town.Telemetry(route, 41.5, "m1");
        var anonymous = town.Telemetry(route, 42.5);
        Assert.Equal(MessageFate.Accepted, await town.SendAsync(route, message));
        Assert.Equal(MessageFate.Accepted, await town.SendAsync(route, anonymous));
        Assert.Equal(MessageFate.Duplicate, await town.SendAsync(route, message));
        var before = await silo.Get<IDirectory>().StateHashAsync(Town.District, default);

        await silo.RestartAsync();
        Assert.Equal(MessageFate.Duplicate, await town.SendAsync(route, message));
        Assert.Equal(MessageFate.Duplicate, await town.SendAsync(route, anonymous));
        var after = await silo.Get<IDirectory>().StateHashAsync(Town.District, default);
        Assert.Equal((2, before.Hash), (after.Readings, after.Hash));
    }

    [Fact]
    public async Task The_same_id_with_other_content_is_quarantined_and_the_first_stands()
    {
        await using var silo = await TestSilo.StartAsync();
        var town = await Town.BuildAsync(silo);
        var route = await town.MountAsync("d1", Town.B1);
        Assert.Equal(MessageFate.Accepted, await town.SendAsync(route, town.Telemetry(route, 41.5, "m1")));
        Assert.Equal(MessageFate.Quarantined, await town.SendAsync(route, town.Telemetry(route, 99, "m1")));
        var page = await silo.Get<IDirectory>().ListAsync<Domain.Quarantine.QuarantinedMessage>(new(Town.District, 10), default);
        Assert.Equal(Domain.Refusals.RefusalCode.Conflict, Assert.Single(page.Items).Reason.Code);
        var view = Town.Ok(await silo.Grains.Building(Town.Code, Town.B1).Get());
        Assert.Equal(41.5, view.Sensors[0].Values[0].Value);
    }

    /// <remarks>Seen to fail when StreamGrain advances before the commit.</remarks>
    [Fact]
    public async Task While_the_store_is_away_nothing_is_acknowledged_and_nothing_changes()
    {
        await using var silo = await TestSilo.StartAsync();
        var town = await Town.BuildAsync(silo);
        var route = await town.MountAsync("d1", Town.B1);
        await town.SendAsync(route, town.Telemetry(route, 1, "m1"));
        silo.Journal.IsDown = true;
        Assert.Null(await town.SendAsync(route, town.Telemetry(route, 2, "m2")));
        silo.Journal.IsDown = false;
        var view = Town.Ok(await silo.Grains.Building(Town.Code, Town.B1).Get());
        Assert.Equal(1, view.Sensors[0].Values[0].Value);
        Assert.Equal(MessageFate.Accepted, await town.SendAsync(route, town.Telemetry(route, 2, "m2")));
    }

    /// <remarks>Seen to fail without the catch-up after an unknown outcome: the repetition was stored twice.</remarks>
    [Fact]
    public async Task A_commit_whose_answer_was_lost_is_recognised_when_the_sender_repeats_it()
    {
        await using var silo = await TestSilo.StartAsync();
        var town = await Town.BuildAsync(silo);
        var route = await town.MountAsync("d1", Town.B1);
        await town.SendAsync(route, town.Telemetry(route, 1, "m1"));
        var message = town.Telemetry(route, 2, "m2");
        silo.Journal.LosesAnswers = true;
        Assert.Null(await town.SendAsync(route, message));
        silo.Journal.LosesAnswers = false;
        Assert.Equal(MessageFate.Duplicate, await town.SendAsync(route, message));
        Assert.Equal(2, (await silo.Store.DigestAsync(Town.District, default)).Count);
    }

    [Fact]
    public async Task Messages_of_a_device_keep_their_order_and_share_commits()
    {
        await using var silo = await TestSilo.StartAsync();
        var town = await Town.BuildAsync(silo);
        var route = await town.MountAsync("d1", Town.B1);
        var commits = silo.Journal.Commits;
        var sent = new List<Task<MessageFate?>>();
        for (var i = 0; i < 1_000; i++)
        {
            sent.Add(town.SendAsync(route, town.Telemetry(route, i % 90, "m" + i)));
        }

        Assert.All(await Task.WhenAll(sent), fate => Assert.Equal(MessageFate.Accepted, fate));
        Assert.True(silo.Journal.Commits - commits < 500, $"{silo.Journal.Commits - commits} commits for 1,000 messages.");
        var range = await silo.Store.RangeAsync(new(Town.District, "d1", null, 0, long.MaxValue, 2_000), default);
        Assert.Equal(Enumerable.Range(0, 1_000).Select(i => "m" + i), range.OrderBy(r => r.Position).Select(r => r.Message));
    }

    [Fact]
    public async Task A_full_lane_and_a_full_silo_take_nothing_more()
    {
        await using var silo = await TestSilo.StartAsync(("IngestBatchMessagesMax", "4"), ("IngestQueuedMessagesMax", "6"));
        var town = await Town.BuildAsync(silo);
        var (first, second) = (await town.MountAsync("d1", Town.B1), await town.MountAsync("d2", Town.B2));
        silo.Journal.Gate = new TaskCompletionSource();
        var waiting = new List<Task<MessageFate?>> { town.SendAsync(first, town.Telemetry(first, 1, "m0")) };
        await TestSilo.UntilAsync(() => new(silo.Journal.AtGate == 1));
        waiting.AddRange(Enumerable.Range(1, 4).Select(i => town.SendAsync(first, town.Telemetry(first, 1, "m" + i))));

        // One in flight and four waiting: the lane is full. One more message fits the silo, then it is full as well.
        Assert.False(silo.Get<IIngest>().TryPost(first, town.Telemetry(first, 1, "m5"), new Receipt(), 0));
        waiting.Add(town.SendAsync(second, town.Telemetry(second, 1, "n0")));
        Assert.False(silo.Get<IIngest>().TryPost(second, town.Telemetry(second, 1, "n1"), new Receipt(), 0));
        silo.Journal.Gate.SetResult();
        Assert.All(await Task.WhenAll(waiting), fate => Assert.Equal(MessageFate.Accepted, fate));
        await TestSilo.UntilAsync(() => new(silo.Get<IngestLanes>().Waiting == 0));
    }

    [Fact]
    public async Task Idle_lanes_leave_memory_and_come_back()
    {
        await using var silo = await TestSilo.StartAsync();
        var town = await Town.BuildAsync(silo);
        var route = await town.MountAsync("d1", Town.B1);
        await town.SendAsync(route, town.Telemetry(route, 1, "m1"));
        var lanes = silo.Get<IngestLanes>();
        await TestSilo.UntilAsync(() =>
        {
            lanes.DropIdle();
            return new(lanes.Count == 0);
        });
        Assert.Equal(MessageFate.Accepted, await town.SendAsync(route, town.Telemetry(route, 1, "m2")));
    }
}
