using CsCheck;
using SmartCommunity.Storage;

namespace SmartCommunity.Storage.Conformance;

public abstract partial class StoreConformance
{
    private sealed record Known(long Position, string Device, string Metric, string Area, long AtMs, double Value, string? Message);

    [Fact]
    public async Task Ranges_pages_buckets_and_look_ups_equal_a_plain_list()
    {
        var known = await Fill(rows: 1_000, seed: 7);
        var generator = Gen.Select(Gen.Int[0, 3], Gen.Int[-1, 2], Gen.Long[-50, 1050], Gen.Long[0, 800], Gen.Int[1, 400], Gen.Bool);
        var cases = new List<(int Device, int Metric, long From, long Span, int Limit, bool Area)>();
        generator.Sample(c => cases.Add((c.Item1, c.Item2, c.Item3, c.Item4, c.Item5, c.Item6)), iter: 120, seed: "0N0XIzNsQ0O2", threads: 1);
        foreach (var c in cases)
        {
            var range = new ReadingRange(
                District, $"d{c.Device}", c.Metric < 0 ? null : $"m{c.Metric}", c.From, c.From + c.Span, c.Limit, Area: c.Area ? "340104003" : "");
            var expected = known
                .Where(k => k.Device == range.Device && (range.Metric is null || k.Metric == range.Metric) && k.Area.StartsWith(range.Area, StringComparison.Ordinal))
                .Where(k => k.AtMs >= range.FromMs && k.AtMs < range.ToMs)
                .OrderBy(k => k.AtMs).ThenBy(k => k.Position).ToList();
            await RangesEqual(range, expected);
            await BucketsEqual(range with { Limit = 10_000 }, expected, 1 + c.Limit);
        }

        foreach (var at in known.Select(k => k.AtMs).Distinct().Take(50))
        {
            var expected = known.Where(k => k.Device == "d1" && k.AtMs == at).Select(k => k.Position).Order();
            Assert.Equal(expected, (await Readings.AtAsync(District, "d1", at, Cancellation)).Select(r => r.Position));
        }
    }

    [Fact]
    public async Task Readings_of_a_stream_are_read_from_any_position_over_segments_and_after_a_restart()
    {
        var known = await Fill(rows: 500, seed: 11);
        for (var round = 0; round < 2; round++)
        {
            foreach (var after in new[] { 0, 1, known[100].Position, known[^30].Position, known[^1].Position })
            {
                var expected = known.Where(k => k.Position > after && k.Device is "d0" or "d1").Where(k => k.Position > after).Select(k => k.Position);
                Assert.Equal(expected, (await Read(Stream("buildings/B0"), after)).Select(e => e.Position));
            }

            await Restart();
        }
    }

    [Fact]
    public async Task The_digest_does_not_depend_on_order_but_on_every_reading()
    {
        var (one, two) = (Stream("buildings/B1"), Stream("buildings/B2"));
        var (claimOne, claimTwo) = (await Claim(one), await Claim(two));
        NewReading[] readings = [Reading(1, 1, message: "m1"), Reading(2, 2, metric: "noise"), Reading(3, 3, device: "d2"), Reading(1, 1, message: "m1")];
        _ = await Commit(Of(one, claimOne, readings));
        var first = await Readings.DigestAsync(District, Cancellation);
        var elsewhere = new StreamKey("340105", "buildings/B1");
        var claim = await Claim(elsewhere);
        foreach (var reading in readings.Reverse())
        {
            _ = await Commit(Of(elsewhere, claim, reading with { ReceivedMs = 99 }));
        }

        Assert.Equal(4, first.Count);
        Assert.Equal(first, await Readings.DigestAsync("340105", Cancellation));
        Assert.Equal(0, (await Readings.DigestAsync("340106", Cancellation)).Count);
        _ = await Commit(Of(two, claimTwo, Reading(1, 1, message: "m2")));
        var second = await Readings.DigestAsync(District, Cancellation);
        Assert.Equal(5, second.Count);
        Assert.NotEqual(first.Hash, second.Hash);
        await Restart();
        Assert.Equal(second, await Readings.DigestAsync(District, Cancellation));
    }

    [Fact]
    public async Task Retention_drops_old_readings_and_leaves_everything_else()
    {
        var stream = Stream("buildings/B1");
        var claim = await Claim(stream);
        _ = await Commit(Of(stream, claim, 0, Event("kept")));
        for (var i = 0; i < 300; i++)
        {
            _ = await Commit(Of(stream, claim, Reading(i, i)));
        }

        var last = Journal.CommittedPosition;
        var dropped = await Readings.DropBeforeAsync(150, Cancellation);

        Assert.InRange(dropped, 1, 150);
        var left = await Readings.RangeAsync(new ReadingRange(District, "d1", null, 0, 1000, 1000), Cancellation);
        Assert.Equal(300 - dropped, left.Count);
        Assert.True(left.All(r => r.AtMs >= dropped));
        Assert.Equal(1 + left.Count, (await Read(stream)).Count);
        Assert.Equal(left.Count, 300 - dropped + await Readings.DropBeforeAsync(150, Cancellation));

        Assert.Equal(left.Count, await Readings.DropBeforeAsync(10_000, Cancellation));
        Assert.Equal(["kept"], (await Read(stream)).Select(e => e.Type));
        await Restart();
        claim = await Claim(stream);
        Assert.Equal(1, claim.Version);
        Assert.True((await Commit(Of(stream, claim, Reading(1, 1)))).FirstPosition > last);
        Assert.Equal(2, (await Read(stream)).Count);
    }

    [Fact]
    public async Task Many_series_of_one_stream_keep_their_names()
    {
        var stream = Stream("buildings/B1");
        for (var round = 0; round < 2; round++)
        {
            var claim = await Claim(stream);
            _ = await Commit(Of(stream, claim, [.. Enumerable.Range(0, 40).Select(i => Reading(i, 10 + round, device: $"d{i / 4}", metric: $"m{i % 4}"))]));
            await Restart();
        }

        var entries = await Read(stream);
        Assert.Equal(80, entries.Count);
        Assert.All(entries, e => Assert.Equal(e.Value, (int.Parse(e.Device![1..], null) * 4) + int.Parse(e.Metric![1..], null)));
        Assert.Equal(8, (await Readings.RangeAsync(new ReadingRange(District, "d3", null, 0, 100, 100), Cancellation)).Count);
    }

    private async Task RangesEqual(ReadingRange range, List<Known> expected)
    {
        var found = new List<StoredReading>();
        for (var page = range; ;)
        {
            var rows = await Readings.RangeAsync(page, Cancellation);
            Assert.True(rows.Count <= range.Limit);
            found.AddRange(rows);
            if (rows.Count < range.Limit)
            {
                break;
            }

            page = page with { AfterMs = rows[^1].AtMs, AfterPosition = rows[^1].Position };
        }

        Assert.Equal(
            expected.Select(k => (k.Position, k.Metric, k.AtMs, k.Value, k.Message)),
            found.Select(r => (r.Position, r.Metric, r.AtMs, r.Value, r.Message)));
    }

    private async Task BucketsEqual(ReadingRange range, List<Known> expected, long bucketMs)
    {
        long From(long at) => (long)Math.Floor(at / (double)bucketMs) * bucketMs;
        var buckets = expected.GroupBy(k => (From(k.AtMs), k.Metric)).OrderBy(g => g.Key.Item1).ThenBy(g => g.Key.Metric, StringComparer.Ordinal);
        var found = await Readings.DownsampleAsync(range, bucketMs, Cancellation);
        Assert.Equal(
            buckets.Select(g => (g.Key.Metric, g.Key.Item1, g.LongCount(), g.Min(k => k.Value), Math.Round(g.Average(k => k.Value), 6), g.Max(k => k.Value), g.Last().Value)),
            found.Select(b => (b.Metric, b.FromMs, b.Count, b.Min, Math.Round(b.Mean, 6), b.Max, b.Last)));
    }

    /// <summary>Devices d0..d3 on two buildings, mostly rising times with late ones among them, over several segments.</summary>
    private async Task<List<Known>> Fill(int rows, int seed)
    {
        var random = new Random(seed);
        var streams = new[] { Stream("buildings/B0"), Stream("buildings/B1") };
        var claims = new[] { await Claim(streams[0]), await Claim(streams[1]) };
        var known = new List<Known>();
        for (var row = 0; row < rows;)
        {
            var owner = random.Next(2);
            var readings = Enumerable.Range(0, random.Next(1, 6)).Select(_ => Reading(
                random.Next(1000) / 8.0,
                random.Next(10) == 0 ? random.Next(row + 1) : row,
                device: $"d{(owner * 2) + random.Next(2)}",
                metric: $"m{random.Next(3)}",
                message: random.Next(3) == 0 ? null : $"id{row}",
                area: random.Next(4) == 0 ? "340104004" : "340104003")).ToArray();
            var result = await Commit(Of(streams[owner], claims[owner], readings));
            known.AddRange(readings.Select((r, i) => new Known(result.FirstPosition + i, r.Device, r.Metric, r.Area, r.AtMs, r.Value, r.Message)));
            row += readings.Length;
        }

        return known;
    }
}
