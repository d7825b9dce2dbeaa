using System.Text.Json;
using Grpc.Core;
using Xunit;

namespace SmartCommunity.Edge.Tests.Grpc;

[Collection(GrpcCollection.Name)]
public sealed class WatchTests(EdgeHost host)
{
    private static readonly DateTimeOffset Noon = new(DateTimeOffset.UtcNow.Date, TimeSpan.Zero);

    private readonly V1.EventService.EventServiceClient events = new(host.Channel);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    // Seen to fail when a watch resumes five entries before its cursor.
    [Fact, Covers("EventService.WatchEvents")]
    public async Task A_watch_that_is_cut_off_goes_on_without_gap_or_repeat()
    {
        var device = await host.DeviceAsync();
        var request = new V1.WatchEventsRequest { Parent = host.Parent, Kinds = { V1.EventKind.Telemetry } };
        using (var first = events.WatchEvents(request, host.Auth))
        {
            Assert.True(await first.ResponseStream.MoveNext(Cancellation));
            request.Cursor = first.ResponseStream.Current.Cursor;
        }

        var seen = new List<string>();
        for (var round = 0; round < 4; round++)
        {
            // Some while nobody watches, some while somebody does.
            await host.SendAsync(device, Noon.AddSeconds(round * 10), round, $"away-{round}");
            using var watch = events.WatchEvents(request, host.Auth);
            await host.SendAsync(device, Noon.AddSeconds((round * 10) + 1), round, $"here-{round}");
            while (seen.Count < (round + 1) * 2 && await watch.ResponseStream.MoveNext(Cancellation))
            {
                var response = watch.ResponseStream.Current;
                seen.AddRange(response.Events.Where(e => e.Reading.Device == device.Name).Select(e => e.Reading.MessageId));
                request.Cursor = response.Cursor;
            }
        }

        Assert.Equal(["away-0", "here-0", "away-1", "here-1", "away-2", "here-2", "away-3", "here-3"], seen);
    }

    [Fact]
    public async Task A_watch_from_the_beginning_tells_the_directory_without_its_secrets()
    {
        var device = await host.DeviceAsync();
        using var watch = events.WatchEvents(new() { Parent = host.Parent, Kinds = { V1.EventKind.Directory }, Cursor = "0" }, host.Auth);
        var told = new List<V1.Event>();
        while (told.All(e => e.Directory?.Name != device.Name) && await watch.ResponseStream.MoveNext(Cancellation))
        {
            told.AddRange(watch.ResponseStream.Current.Events);
        }

        Assert.All(told, e => Assert.Equal(V1.EventKind.Directory, e.Kind));
        Assert.Contains(told, e => e.Directory.Name == host.Parent);
        Assert.DoesNotContain("hash", string.Join('\n', told.Select(e => e.ToString())), StringComparison.OrdinalIgnoreCase);
        Assert.Equal(told.Select(e => long.Parse(e.Cursor, System.Globalization.CultureInfo.InvariantCulture)).Order(), told.Select(e => long.Parse(e.Cursor, System.Globalization.CultureInfo.InvariantCulture)));
    }

    [Fact]
    public async Task A_watch_hears_only_its_area_and_kinds()
    {
        var device = await host.DeviceAsync();
        using var elsewhere = events.WatchEvents(new() { Parent = host.Parent, Area = $"{EdgeHost.District}099", Kinds = { V1.EventKind.Telemetry } }, host.Auth);
        using var here = events.WatchEvents(new() { Parent = host.Parent, Area = device.Area, Kinds = { V1.EventKind.Telemetry, V1.EventKind.Presence } }, host.Auth);
        using var theirs = events.WatchEvents(new() { Parent = $"districts/{EdgeHost.Other}" }, host.OtherAuth);
        foreach (var watch in new[] { elsewhere, here, theirs })
        {
            Assert.True(await watch.ResponseStream.MoveNext(Cancellation));
        }

        await host.SendAsync(device, Noon, 1, "m1");
        var kinds = new List<V1.EventKind>();
        while (kinds.Count < 2 && await here.ResponseStream.MoveNext(Cancellation))
        {
            kinds.AddRange(here.ResponseStream.Current.Events.Where(e => e.Reading?.Device == device.Name || e.Presence?.Subject == device.Name).Select(e => e.Kind));
        }

        Assert.Equal([V1.EventKind.Telemetry, V1.EventKind.Presence], kinds.Order());

        // The next thing that the others hear is a heartbeat behind the reading.
        foreach (var watch in new[] { elsewhere, theirs })
        {
            Assert.True(await watch.ResponseStream.MoveNext(Cancellation));
            Assert.Empty(watch.ResponseStream.Current.Events);
        }
    }

    [Fact]
    public async Task A_response_of_a_watch_holds_at_most_500_events()
    {
        Assert.Equal(500, SmartCommunity.Grpc.ApiLimits.WatchEventsMax);
        var device = await host.DeviceAsync();
        var request = new V1.WatchEventsRequest { Parent = host.Parent, Kinds = { V1.EventKind.Telemetry } };
        using (var now = events.WatchEvents(request, host.Auth))
        {
            Assert.True(await now.ResponseStream.MoveNext(Cancellation));
            request.Cursor = now.ResponseStream.Current.Cursor;
        }

        await Task.WhenAll(Enumerable.Range(0, 600).Select(i => host.SendAsync(device, Noon.AddSeconds(i), 1, $"w-{i}")));
        var sizes = new List<int>();
        var seen = new HashSet<string>();
        using var watch = events.WatchEvents(request, host.Auth);
        while (seen.Count < 600 && await watch.ResponseStream.MoveNext(Cancellation))
        {
            sizes.Add(watch.ResponseStream.Current.Events.Count);
            foreach (var told in watch.ResponseStream.Current.Events.Where(e => e.Reading.Device == device.Name))
            {
                Assert.True(seen.Add(told.Reading.MessageId));
            }
        }

        Assert.Equal(600, seen.Count);
        Assert.Equal(500, sizes.Max());
    }

    [Fact]
    public async Task A_watch_over_rest_is_one_json_object_a_line()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"/v1/{host.Parent}/events:watch?kinds=EVENT_KIND_DIRECTORY&cursor=0", UriKind.Relative));
        request.Headers.Add("x-api-key", host.Key);
        using var response = await host.Rest.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);
        Assert.True(response.IsSuccessStatusCode);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(Cancellation));
        using var opening = JsonDocument.Parse((await lines.ReadLineAsync(Cancellation))!);
        Assert.Equal("0", opening.RootElement.GetProperty("cursor").GetString());
        using var first = JsonDocument.Parse((await lines.ReadLineAsync(Cancellation))!);
        Assert.Equal(host.Parent, first.RootElement.GetProperty("events")[0].GetProperty("directory").GetProperty("name").GetString());
    }

    [Fact]
    public async Task One_watch_too_many_on_a_connection_is_refused_and_a_place_is_given_back()
    {
        using var channel = Channels.Open($"http://{host.Channel.Target}");
        var own = new V1.EventService.EventServiceClient(channel);
        var open = Enumerable.Range(0, 4).Select(_ => own.WatchEvents(new() { Parent = host.Parent }, host.Auth)).ToArray();
        foreach (var watch in open)
        {
            Assert.True(await watch.ResponseStream.MoveNext(Cancellation));
        }

        using var fifth = own.WatchEvents(new() { Parent = host.Parent }, host.Auth);
        var refused = await Errors.RefusedAsync(() => fifth.ResponseStream.MoveNext(Cancellation), StatusCode.ResourceExhausted, "TOO_MANY");
        Assert.NotNull(refused.GetRpcStatus()!.GetDetail<Google.Rpc.RetryInfo>());

        open[0].Dispose();
        Assert.True(await Eventually.HoldsAsync(async () =>
        {
            using var again = own.WatchEvents(new() { Parent = host.Parent }, host.Auth);
            return await Record.ExceptionAsync(() => again.ResponseStream.MoveNext(Cancellation)) is null;
        }));
        foreach (var watch in open)
        {
            watch.Dispose();
        }
    }

    [Fact]
    public async Task A_watch_ends_when_its_key_is_revoked()
    {
        var districts = new V1.DistrictService.DistrictServiceClient(host.Channel);
        var made = await districts.CreateApiKeyAsync(new() { Parent = host.Parent, ApiKey = new() { DisplayName = "short" } }, host.Auth);
        using var watch = events.WatchEvents(new() { Parent = host.Parent }, new Metadata { { "x-api-key", made.Key } });
        Assert.True(await watch.ResponseStream.MoveNext(Cancellation));
        await districts.RevokeApiKeyAsync(new() { Name = made.ApiKey.Name }, host.Auth);
        var ended = await Assert.ThrowsAnyAsync<RpcException>(async () =>
        {
            while (await watch.ResponseStream.MoveNext(Cancellation))
            {
            }
        });
        Assert.Equal(StatusCode.Unauthenticated, ended.StatusCode);
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("now")]
    [InlineData("99999999999999999999")]
    public async Task A_cursor_that_nobody_gave_is_refused(string cursor)
    {
        using var watch = events.WatchEvents(new() { Parent = host.Parent, Cursor = cursor }, host.Auth);
        await Errors.RefusedAsync(() => watch.ResponseStream.MoveNext(Cancellation), StatusCode.InvalidArgument, "BAD_CURSOR", "cursor");
    }
}
