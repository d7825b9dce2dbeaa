using System.Net;
using CsCheck;
using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.Commands;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Domain.Views;
using SmartCommunity.Domain.Webhooks;
using SmartCommunity.Domain.Wire;

namespace SmartCommunity.Domain.Tests.Webhooks;

public class WebhookTests
{
    private static readonly AreaCode District = AreaCode.Parse("340104");
    private static readonly AddressRule Public = new(AllowsLoopback: false, AllowsPrivate: false);
    private static readonly AddressRule Demo = new(AllowsLoopback: true, AllowsPrivate: false);
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 8, 0, 0, TimeSpan.Zero);
    private static readonly WebhookSecret First = new("n1", "k1");

    [Theory]
    [InlineData("http://partner.example/", "MALFORMED")]
    [InlineData("ftp://partner.example/", "MALFORMED")]
    [InlineData("//partner.example/", "MALFORMED")]
    [InlineData("https:///path", "MALFORMED")]
    [InlineData("https://user:pass@partner.example/", "MALFORMED")]
    [InlineData("https://partner.example/#top", "MALFORMED")]
    [InlineData("https://partner.example/a b", "MALFORMED")]
    [InlineData("http://localhost/", "MALFORMED")]
    [InlineData("https://localhost/", "OUT_OF_RANGE")]
    [InlineData("https://127.0.0.1/", "OUT_OF_RANGE")]
    [InlineData("https://127.1/", "OUT_OF_RANGE")]
    [InlineData("https://2130706433/", "OUT_OF_RANGE")]
    [InlineData("https://0x7f.0.0.1/", "OUT_OF_RANGE")]
    [InlineData("https://[::1]/", "OUT_OF_RANGE")]
    [InlineData("https://[::ffff:10.0.0.1]/", "OUT_OF_RANGE")]
    [InlineData("https://169.254.169.254/latest/meta-data/", "OUT_OF_RANGE")]
    [InlineData("https://10.1.2.3/", "OUT_OF_RANGE")]
    [InlineData("", "MISSING")]
    public void An_address_that_is_unsafe_is_refused(string url, string reason)
    {
        var refused = Define(null, Draft() with { Url = url }, Public);
        Assert.Equal(("url", reason), (refused.Refusal?.Field, Reason(refused.Refusal)));
        Assert.NotEmpty(refused.Refusal!.WayOut);
    }

    [Theory]
    [InlineData("http://localhost:8080/x", true)]
    [InlineData("http://127.0.0.1:9/", true)]
    [InlineData("http://[::1]:9/", true)]
    [InlineData("http://10.0.0.1/", false)]
    [InlineData("https://192.168.1.1/", false)]
    public void The_demo_allows_this_machine_and_no_private_network(string url, bool isAllowed) =>
        Assert.Equal(isAllowed, !Define(null, Draft() with { Url = url }, Demo).IsRefused);

    [Theory]
    [InlineData("8.8.8.8", true)]
    [InlineData("2606:4700::1111", true)]
    [InlineData("172.15.255.255", true)]
    [InlineData("172.32.0.1", true)]
    [InlineData("127.0.0.2", false)]
    [InlineData("172.16.0.1", false)]
    [InlineData("172.31.255.255", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("::", false)]
    [InlineData("::1", false)]
    [InlineData("::127.0.0.1", false)]
    [InlineData("::ffff:127.0.0.1", false)]
    [InlineData("::ffff:8.8.8.8", true)]
    [InlineData("64:ff9b::10.0.0.1", false)]
    [InlineData("64:ff9b::8.8.8.8", true)]
    [InlineData("2002:a00:1::", false)]
    [InlineData("fe80::1", false)]
    [InlineData("fd00::1", false)]
    [InlineData("ff02::1", false)]
    public void Only_addresses_of_the_public_network_may_be_reached(string address, bool isAllowed) =>
        Assert.Equal(isAllowed, Public.Allows(IPAddress.Parse(address)));

    [Fact]
    public void A_district_has_at_most_32_webhooks()
    {
        Assert.False(Define(null, Draft(), others: Limits.WebhooksPerDistrictMax - 1).IsRefused);
        Assert.Equal(RefusalCode.TooLarge, Define(null, Draft(), others: Limits.WebhooksPerDistrictMax).Refusal?.Code);
        Assert.False(Define(Made(), Draft() with { Description = "other" }, others: Limits.WebhooksPerDistrictMax).IsRefused);
    }

    [Fact]
    public void An_address_has_at_most_2000_characters()
    {
        var start = "https://partner.example/";
        Assert.False(Define(null, Draft() with { Url = start.PadRight(Limits.WebhookUrlCharsMax, 'a') }).IsRefused);
        Assert.Equal(RefusalCode.TooLarge, Define(null, Draft() with { Url = start.PadRight(Limits.WebhookUrlCharsMax + 1, 'a') }).Refusal?.Code);
    }

    [Theory]
    [InlineData("340111", RefusalCode.WrongParent)]
    [InlineData("x", RefusalCode.WrongParent)]
    public void The_area_lies_in_the_district(string area, RefusalCode code) =>
        Assert.Equal(code, Define(null, Draft() with { Area = area }).Refusal?.Code);

    [Fact]
    public void A_rotation_keeps_one_old_secret_for_a_while()
    {
        var once = Rotate(Made(), "n2", 3600);
        Assert.Equal([new("n2", "k1"), First with { ValidUntil = Now.AddHours(1) }], once.Secrets);
        var twice = Rotate(once, "n3", 60);
        Assert.Equal(["n3", "n2"], twice.Secrets.Select(s => s.Nonce));
        Assert.Equal(["n4"], Rotate(twice, "n4", 0).Secrets.Select(s => s.Nonce));
        Assert.True(once.Secrets[1].IsValidAt(Now.AddMinutes(59)));
        Assert.False(once.Secrets[1].IsValidAt(Now.AddHours(1)));
        Assert.Equal(
            RefusalCode.OutOfRange, WebhookDecider.Rotate(Made(), First, Limits.DurationSecondsMax + 1, District, By()).Refusal?.Code);
    }

    [Fact]
    public void A_replay_goes_to_a_position_that_there_is()
    {
        var replayed = WebhookDecider.Replay(Made(), 7, 10, District, By()).Value!;
        Assert.Equal(7, ((WebhookProgress)replayed.Effects.Rows.Single(r => r.Kind == ViewKinds.WebhookProgress).Record!).Cursor);
        Assert.Equal(RefusalCode.BadCursor, WebhookDecider.Replay(Made(), 11, 10, District, By()).Refusal?.Code);
        Assert.Equal(RefusalCode.BadCursor, WebhookDecider.Replay(Made(), -1, 10, District, By()).Refusal?.Code);
    }

    [Fact]
    public void A_pause_by_the_system_says_why_and_ends_with_a_resumption()
    {
        var gone = WebhookDecider.Pause(Made(), WebhookDecider.GoneReason, District, By()).Value!.Result;
        Assert.Equal((true, WebhookDecider.GoneReason), (gone.Paused, gone.PausedBecause));
        var again = Define(gone, gone with { Paused = false }).Value!;
        Assert.IsType<WebhookResumed>(Assert.Single(again.Events).Event);
        Assert.Equal((false, null), (again.Result.Paused, again.Result.PausedBecause));
    }

    [Fact]
    public void A_repetition_changes_nothing() => Assert.Empty(Define(Made(), Made()).Value!.Events);

    /// <summary>Whatever is done to it: the record of the answer is the fold of the events, and the record of the view row.</summary>
    [Fact]
    public void The_answer_is_the_fold_of_the_events() => Gen.Int[0, 5].Array[0, 20].Sample(acts =>
    {
        Webhook? state = null;
        for (var i = 0; i < acts.Length; i++)
        {
            var decided = Act(state, acts[i], i);
            if (decided.IsRefused)
            {
                continue;
            }

            var before = state;
            state = decided.Value.Events.Aggregate(state, (s, e) => WebhookDecider.Evolve(s, EventCodec.Decode(EventCodec.NameOf(e.Event), EventCodec.Encode(e.Event))));
            if (state is not null)
            {
                Assert.True(RecordCodec.Same(decided.Value.Result, state));
                Assert.InRange(state.Secrets.Length, 1, 2);
                Assert.Equal((before?.Revision ?? 0) + decided.Value.Events.Count, state.Revision);
            }

            foreach (var row in decided.Value.Effects.Rows.Where(r => r.Kind == ViewKinds.Webhook))
            {
                Assert.True(RecordCodec.Same((Webhook?)row.Record, state));
            }
        }
    });

    private static Outcome<Decision<Webhook>> Act(Webhook? state, int act, int step) => act switch
    {
        0 => Define(state, Draft() with { Description = $"step {step}" }),
        1 => Define(state, (state ?? Draft()) with { Paused = state is { Paused: false } }),
        2 => WebhookDecider.Rotate(state, new($"r{step}", "k1"), step, District, By()),
        3 => WebhookDecider.Replay(state, step, 100, District, By()),
        4 => WebhookDecider.Pause(state, "because", District, By()),
        _ => WebhookDecider.Delete(state, WriteCondition.Upsert, District, By()),
    };

    private static Webhook Draft() => new(
        WebhookId.Parse("crm"), "https://partner.example/events", string.Empty, [EventKind.Alarm], "partner", false, null, [], 0, default, 0);

    private static Webhook Made() => Define(null, Draft()).Value!.Result;

    private static Outcome<Decision<Webhook>> Define(Webhook? current, Webhook webhook, AddressRule? addresses = null, long others = 0) =>
        WebhookDecider.Define(current, webhook, District, addresses ?? Public, others, First, 5, WriteCondition.Upsert, By());

    private static Webhook Rotate(Webhook webhook, string nonce, int seconds) =>
        WebhookDecider.Rotate(webhook, new(nonce, "k1"), seconds, District, By()).Value!.Result;

    private static CommandContext By() => new("key:test", Now);

    private static string? Reason(Refusal? refusal) => refusal?.Code switch
    {
        RefusalCode.Malformed => "MALFORMED",
        RefusalCode.OutOfRange => "OUT_OF_RANGE",
        RefusalCode.Missing => "MISSING",
        var other => other?.ToString(),
    };
}
