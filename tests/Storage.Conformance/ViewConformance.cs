using System.Text;
using SmartCommunity.Storage;

namespace SmartCommunity.Storage.Conformance;

public abstract partial class StoreConformance
{
    [Fact]
    public async Task Views_are_listed_by_id_area_status_and_owner_page_by_page()
    {
        var stream = Stream("buildings/B1");
        var claim = await Claim(stream);
        _ = await Commit(new Append
        {
            Stream = stream,
            Epoch = claim.Epoch,
            ExpectedVersion = 0,
            Views =
            [
                View("a", "1", "340104003001", "open", "buildings/B1"),
                View("b", "2", "340104003002", "closed", "buildings/B1"),
                View("c", "3", "340104004001", "open"),
                View("𠀀", "4", "340104004002", "open"),
            ],
        });

        Assert.Equal(["a", "b", "c", "𠀀"], await Ids(new ViewQuery(District, "device", 10)));
        Assert.Equal(["a", "b"], await Ids(new ViewQuery(District, "device", 2)));
        Assert.Equal(["c", "𠀀"], await Ids(new ViewQuery(District, "device", 2, AfterId: "b")));
        Assert.Equal(["a", "b"], await Ids(new ViewQuery(District, "device", 10, AreaPrefix: "340104003")));
        Assert.Equal(["a", "c", "𠀀"], await Ids(new ViewQuery(District, "device", 10, Status: "open")));
        Assert.Equal(["a", "b"], await Ids(new ViewQuery(District, "device", 10, Owner: "buildings/B1")));
        Assert.Equal(["a"], await Ids(new ViewQuery(District, "device", 10, Status: "open", Owner: "buildings/B1")));
        Assert.Empty(await Ids(new ViewQuery("340105", "device", 10)));
        Assert.Empty(await Ids(new ViewQuery(District, "device", 0)));
        Assert.Equal(2, await Views.CountAsync(District, "device", "340104003", null, Cancellation));
        Assert.Equal(3, await Views.CountAsync(District, "device", "", "open", Cancellation));
        Assert.Equal("4", Encoding.UTF8.GetString((await Views.GetAsync(District, "device", "𠀀", Cancellation))!.Body.Span));
    }

    [Fact]
    public async Task Newest_views_come_first_and_pages_neither_repeat_nor_skip_although_one_append_wrote_many()
    {
        var stream = Stream("grid");
        var claim = await Claim(stream);
        var views = Enumerable.Range(0, 25).Select(i => View($"c{i:00}", "x")).ToArray();
        _ = await Commit(new Append { Stream = stream, Epoch = claim.Epoch, ExpectedVersion = 0, Events = [Event()], Views = views });
        _ = await Commit(new Append { Stream = stream, Epoch = claim.Epoch, ExpectedVersion = 1, Views = [View("c03", "newest")] });

        var seen = new List<string>();
        long? before = null;
        while (true)
        {
            var page = await Views.ListAsync(new ViewQuery(District, "device", 7, NewestFirst: true, BeforePosition: before), Cancellation);
            if (page.Count == 0)
            {
                break;
            }

            seen.AddRange(page.Select(row => row.Id));
            before = page[^1].Position;
        }

        Assert.Equal("c03", seen[0]);
        Assert.Equal(25, seen.Count);
        Assert.Equal(25, seen.Distinct().Count());
    }

    [Fact]
    public async Task Due_rows_come_oldest_first_and_only_when_they_are_due()
    {
        var stream = Stream("buildings/B1");
        var claim = await Claim(stream);
        _ = await Commit(new Append
        {
            Stream = stream,
            Epoch = claim.Epoch,
            ExpectedVersion = 0,
            Views = [View("late", "", due: 3000), View("never", ""), View("first", "", due: 1000), View("second", "", due: 2000)],
        });

        async Task<IEnumerable<string>> Due(long now, int limit = 10) =>
            (await Views.DueAsync(District, now, limit, Cancellation)).Select(row => row.Id);

        Assert.Equal(["first", "second"], await Due(2000));
        Assert.Equal(["first"], await Due(5000, 1));
        Assert.Empty(await Due(999));
        _ = await Commit(new Append { Stream = stream, Epoch = claim.Epoch, ExpectedVersion = 0, Views = [View("first", "", due: 2500), View("second", "")] });
        Assert.Equal(["first", "late"], await Due(5000));
    }

    [Fact]
    public async Task Counters_add_up_over_areas_at_every_level()
    {
        var stream = Stream("buildings/B1");
        var claim = await Claim(stream);
        Append Add(params CounterChange[] counters) => new() { Stream = stream, Epoch = claim.Epoch, ExpectedVersion = 0, Counters = counters };
        _ = await Together(
            Add(new("340104003001001", "devices.online", 2), new("340104003001002", "devices.online", 3), new("340104003002001", "devices.online", 5)),
            Add(new("340104", "devices.online", 7), new("340104003001001", "alarms.1", 1)),
            Add(new("340104003001001", "devices.online", -1), new("340104003001001", "devices.online", -1)));

        Assert.Equal(15, (await Views.SumAsync(District, "", "devices.", Cancellation))["devices.online"]);
        Assert.Equal(3, (await Views.SumAsync(District, "340104003001", "", Cancellation))["devices.online"]);
        Assert.Equal(["alarms.1"], (await Views.SumAsync(District, "340104", "alarms.", Cancellation)).Keys);
        Assert.Empty(await Views.SumAsync("340105", "", "", Cancellation));
        var children = await Views.SumByChildAsync(District, "340104003", 12, "devices.online", Cancellation);
        Assert.Equal([("340104003001", 3), ("340104003002", 5)], children.OrderBy(c => c.Key).Select(c => (c.Key, c.Value)));
    }

    [Fact]
    public async Task All_districts_with_a_stream_are_known()
    {
        foreach (var district in new[] { "340104", "110101", "659009" })
        {
            var stream = new StreamKey(district, "district");
            var claim = await Claim(stream);
            _ = district == "659009" ? await Commit(Of(stream, claim, Reading(1, 1))) : await Commit(Of(stream, claim, 0, Event()));
        }

        Assert.Equal(["110101", "340104", "659009"], await Views.DistrictsAsync(Cancellation));
    }

    private async Task<IEnumerable<string>> Ids(ViewQuery query) => (await Views.ListAsync(query, Cancellation)).Select(row => row.Id);
}
