using SmartCommunity.Domain.Commands;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Domain.Webhooks;
using SmartCommunity.Grains.Webhooks;

namespace SmartCommunity.Grains.Tests.Webhooks;

public class WebhookGrainTests
{
    private static readonly WebhookId Crm = WebhookId.Parse("crm");

    [Fact]
    public async Task One_holder_at_a_time_may_deliver_and_a_change_ends_the_lease()
    {
        await using var silo = await TestSilo.StartAsync();
        var grain = await CreateAsync(silo);
        var first = (await grain.Lease("a")).Value!;
        Assert.Equal(RefusalCode.WrongState, (await grain.Lease("b")).Refusal?.Code);
        Assert.True(await grain.Report(first.Token, first.Progress with { Cursor = 7 }));

        silo.Time.Advance(TimeSpan.FromSeconds(WebhookLease.Seconds));
        Assert.False(await grain.Report(first.Token, first.Progress with { Cursor = 9 }));
        var second = (await grain.Lease("b")).Value!;
        Assert.Equal(7, second.Progress.Cursor);
        Assert.False(await grain.Keep(first.Token));
        Assert.True(await grain.Keep(second.Token));

        Assert.Null((await grain.Replay(0, null, By(silo))).Refusal);
        Assert.False(await grain.Report(second.Token, second.Progress with { Cursor = 11 }));
        Assert.Equal(0, (await grain.Lease("a")).Value!.Progress.Cursor);
    }

    [Fact]
    public async Task Progress_outlives_a_restart_and_adds_nothing_to_the_log()
    {
        await using var silo = await TestSilo.StartAsync();
        var grain = await CreateAsync(silo);
        var lease = (await grain.Lease("a")).Value!;
        for (var i = 1; i <= 20; i++)
        {
            Assert.True(await grain.Report(lease.Token, new(i, i, silo.Time.GetUtcNow())));
        }

        var log = await silo.Store.ReadFeedAsync(0, 1_000, null, CancellationToken.None);
        Assert.Equal("webhook-created/1", Assert.Single(log.Entries).Type);
        await silo.RestartAsync();
        var again = (await silo.Grains.Webhook(Town.Code, Crm).Lease("a")).Value!;
        Assert.Equal(new(20, 20, silo.Time.GetUtcNow()), again.Progress);
        Assert.True(await silo.Grains.Webhook(Town.Code, Crm).Report(again.Token, new(21)));
    }

    [Fact]
    public async Task A_server_that_is_gone_pauses_it_until_it_is_resumed()
    {
        await using var silo = await TestSilo.StartAsync();
        var grain = await CreateAsync(silo);
        var lease = (await grain.Lease("a")).Value!;
        Assert.True(await grain.Gone(lease.Token, new(3)));
        Assert.True((await grain.Lease("a")).IsRefused);
        var resumed = await grain.Define(Draft(), WriteCondition.Update(null), By(silo));
        Assert.False(resumed.Value!.Paused);
        Assert.Equal(3, (await grain.Lease("a")).Value!.Progress.Cursor);
    }

    [Fact]
    public async Task A_replay_from_an_instant_leaves_nothing_out()
    {
        await using var silo = await TestSilo.StartAsync();
        var town = await Town.BuildAsync(silo);
        var grain = await CreateAsync(silo);
        var instants = new List<(DateTimeOffset At, long Position)>();
        for (var i = 0; i < 30; i++)
        {
            silo.Time.Advance(TimeSpan.FromMinutes(10));
            Assert.Null((await silo.Grains.Building(Town.Code, Town.B1).Define(await NamedAsync(silo, $"house {i}"), WriteCondition.Upsert, By(silo))).Refusal);
            instants.Add((silo.Time.GetUtcNow(), silo.Store.CommittedPosition));
        }

        foreach (var (at, position) in instants)
        {
            Assert.Null((await grain.Replay(null, at, By(silo))).Refusal);
            var cursor = (await grain.Lease("a")).Value!.Progress.Cursor;
            var page = await silo.Store.ReadFeedAsync(cursor, 1, null, CancellationToken.None);
            Assert.True(cursor < position);
            Assert.InRange(page.Entries[0].RecordedMs, (at - TimeSpan.FromMinutes(1)).ToUnixTimeMilliseconds(), at.ToUnixTimeMilliseconds());
        }
    }

    [Fact]
    public async Task The_signing_key_is_made_once_and_is_readable_by_its_owner_only()
    {
        var folder = System.IO.Directory.CreateTempSubdirectory("sc-key-").FullName;
        try
        {
            var (first, second) = (SigningKey.Open(folder), SigningKey.Open(folder));
            var which = first.New();
            Assert.Equal(first.SecretOf(Town.Code, Crm, which), second.SecretOf(Town.Code, Crm, which));
            Assert.NotEqual(first.SecretOf(Town.Code, Crm, which), first.SecretOf(Town.Code, WebhookId.Parse("other"), which));
            Assert.Null(SigningKey.Random().SecretOf(Town.Code, Crm, which));
            var path = Path.Combine(folder, SigningKey.FileName);
            if (!OperatingSystem.IsWindows())
            {
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
            }

            await File.WriteAllTextAsync(path, "no key");
            Assert.Throws<InvalidDataException>(() => SigningKey.Open(folder));
        }
        finally
        {
            System.IO.Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<SmartCommunity.Domain.Buildings.Building> NamedAsync(TestSilo silo, string name)
    {
        var found = await silo.Get<SmartCommunity.Grains.Directory.IDirectory>().GetAsync<SmartCommunity.Domain.Buildings.Building>(
            Town.District, Town.B1.ToString(), CancellationToken.None);
        return found! with { Name = name };
    }

    private static async Task<IWebhookGrain> CreateAsync(TestSilo silo)
    {
        var grain = silo.Grains.Webhook(Town.Code, Crm);
        var made = await grain.Define(Draft(), WriteCondition.Create, By(silo));
        Assert.Null(made.Refusal);
        return grain;
    }

    private static Webhook Draft() => new(Crm, "https://partner.example/events", string.Empty, [], string.Empty, false, null, [], 0, default, 0);

    private static CommandContext By(TestSilo silo) => new("key:test", silo.Time.GetUtcNow());
}
