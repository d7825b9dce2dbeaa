using SmartCommunity.Domain.Commands;
using SmartCommunity.Domain.DeviceCommands;
using SmartCommunity.Domain.Devices;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Domain.Tests.Twins;
using SmartCommunity.Domain.Twins;
using SmartCommunity.Domain.Views;

namespace SmartCommunity.Domain.Tests.DeviceCommands;

/// <summary>A command ends in exactly one way: answered, expired, cancelled or undeliverable.</summary>
public class CommandTests
{
    private readonly TwinWorld world = new();

    [Fact]
    public void An_issued_command_is_delivered_and_answered()
    {
        Issue("c1");
        Assert.Equal(CommandState.Issued, Assert.Single(Open()).State);
        Assert.Equal(MessageFate.Accepted, world.Send(Receipt("c1", 1)).Fate);
        Assert.Equal(CommandState.Delivered, Assert.Single(Open()).State);
        Assert.Equal(MessageFate.Accepted, world.Send(Reply("c1", """{"done":true}""", 2)).Fate);
        Assert.Empty(Open());
        Assert.Equal(
            [typeof(CommandIssued), typeof(CommandDelivered), typeof(CommandAnswered)],
            Happened().Select(e => e.Event.GetType()));
        AssertReplay();
    }

    [Fact]
    public void The_same_answer_again_changes_nothing_and_another_one_is_quarantined()
    {
        Issue("c1");
        world.Send(Reply("c1", """{"n":1}""", 1));
        Assert.Equal(MessageFate.Duplicate, world.Send(Reply("c1", """{"n":1}""", 2)).Fate);
        var other = world.Send(Reply("c1", """{"n":2}""", 3));
        Assert.Equal((MessageFate.Quarantined, RefusalCode.Conflict), (other.Fate, other.Reason?.Code));
        Assert.Single(Happened(), e => e.Event is CommandAnswered);
    }

    [Fact]
    public void Two_answers_in_one_batch_have_one_effect()
    {
        Issue("c1");
        var outcomes = world.Ingest([Reply("c1", "{}", 1), Receipt("c1", 1), Reply("c1", "{}", 1)]);
        Assert.Equal([MessageFate.Accepted, MessageFate.Duplicate, MessageFate.Duplicate], outcomes.Select(o => o.Fate));
        AssertReplay();
    }

    [Theory]
    [InlineData("[1]", RefusalCode.WrongShape)]
    [InlineData("{", RefusalCode.WrongShape)]
    [InlineData("{}", RefusalCode.NotFound)]
    public void An_answer_that_is_none_or_to_no_open_command_is_quarantined_with_its_reason(string body, RefusalCode code)
    {
        var outcome = world.Send(Reply("never", body, 1));
        Assert.Equal((MessageFate.Quarantined, code), (outcome.Fate, outcome.Reason?.Code));
    }

    [Fact]
    public void An_unanswered_command_expires_at_its_due_instant_however_late_somebody_looks()
    {
        var command = Issue("c1", seconds: 10);
        Assert.Equal(command.ExpiresAt.ToUnixTimeMilliseconds(), TwinDecider.NextDueMs(world.State, world.Catalogue));
        world.Sweep(TwinWorld.Start + 3_600_000);
        var end = Happened()[^1];
        Assert.Equal(new CommandExpired(TwinWorld.D1, command.Id, command.ExpiresAt), end.Event);
        Assert.Equal(TwinWorld.Start + 10_000, end.AtMs);
        Assert.Empty(Open());
        AssertReplay();
    }

    // Seen to fail when only the sweeper ends commands.
    [Fact]
    public void An_answer_after_the_time_is_refused_though_the_sweeper_has_not_come_by()
    {
        Issue("c1", seconds: 10);
        var late = world.Send(Reply("c1", "{}", 10_000));
        Assert.Equal((MessageFate.Quarantined, RefusalCode.NotFound), (late.Fate, late.Reason?.Code));
        Assert.IsType<CommandExpired>(Happened()[^1].Event);
    }

    [Fact]
    public void Revoking_a_device_makes_its_open_commands_undeliverable_in_the_same_decision()
    {
        Issue("old", seconds: 1);
        Issue("c1");
        world.Send(Receipt("c1", 1));
        Issue("c2");
        world.NowMs += 1_000;
        var revoked = TwinDecider.RevokeDevice(world.State, TwinWorld.D1, world.Catalogue, Context());
        Assert.Equal(
            [new CommandUndeliverable(TwinWorld.D1, Id("c1"), "revoked"), new CommandUndeliverable(TwinWorld.D1, Id("c2"), "revoked")],
            revoked.Value!.Events.Select(e => e.Event).OfType<CommandUndeliverable>());
        Assert.Equal([ViewStatus.Expired, ViewStatus.Undeliverable, ViewStatus.Undeliverable], Rows(revoked.Value.Effects).Select(r => r.Status));
        world.Do(revoked);
        Assert.Empty(Open());
        Assert.Equal(RefusalCode.WrongState, Decide("c3").Refusal?.Code);
        AssertReplay();
    }

    [Fact]
    public void A_receipt_with_a_reason_makes_a_command_undeliverable()
    {
        Issue("c1");
        world.Send(Receipt("c1", 1, "too-large"));
        Assert.Equal(new CommandUndeliverable(TwinWorld.D1, Id("c1"), "too-large"), Happened()[^1].Event);
    }

    [Fact]
    public void A_cancelled_command_takes_no_answer_and_cannot_be_cancelled_again()
    {
        Issue("c1");
        world.Do(CommandDecider.Cancel(world.State, TwinWorld.D1, Id("c1"), "wrong door", world.Catalogue, Context()));
        Assert.Equal(new CommandCancelled(TwinWorld.D1, Id("c1"), "key:test", "wrong door"), Happened()[^1].Event);
        Assert.Equal(MessageFate.Quarantined, world.Send(Reply("c1", "{}", 1)).Fate);
        Assert.Equal(RefusalCode.NotFound, CommandDecider.Cancel(world.State, TwinWorld.D1, Id("c1"), null, world.Catalogue, Context()).Refusal?.Code);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(Limits.CommandSecondsMin, false)]
    [InlineData(Limits.CommandSecondsMax, false)]
    [InlineData(Limits.CommandSecondsMax + 1, true)]
    public void A_command_lives_a_second_to_seven_days(int seconds, bool isRefused) =>
        Assert.Equal(isRefused ? RefusalCode.OutOfRange : null, Decide("c1", seconds: seconds).Refusal?.Code);

    [Theory]
    [InlineData(Limits.CommandNameCharsMax, null)]
    [InlineData(Limits.CommandNameCharsMax + 1, RefusalCode.TooLarge)]
    [InlineData(0, RefusalCode.Missing)]
    public void A_name_has_a_hundred_characters(int chars, RefusalCode? code) => Assert.Equal(code, Decide("c1", name: new('n', chars)).Refusal?.Code);

    [Theory]
    [InlineData(Limits.CommandBodyBytesMax, null)]
    [InlineData(Limits.CommandBodyBytesMax + 1, RefusalCode.TooLarge)]
    public void A_body_has_sixteen_kibibytes(int bytes, RefusalCode? code) =>
        Assert.Equal(code, Decide("c1", body: "{\"a\":\"" + new string('x', bytes - 8) + "\"}").Refusal?.Code);

    [Theory]
    [InlineData(Limits.CommandReplyBytesMax, null)]
    [InlineData(Limits.CommandReplyBytesMax + 1, RefusalCode.TooLarge)]
    public void A_reply_has_sixteen_kibibytes(int bytes, RefusalCode? code)
    {
        Issue("c1");
        Assert.Equal(code, world.Send(Reply("c1", "{\"a\":\"" + new string('x', bytes - 8) + "\"}", 1)).Reason?.Code);
    }

    [Theory]
    [InlineData(Limits.CommandDepthMax, null)]
    [InlineData(Limits.CommandDepthMax + 1, RefusalCode.TooLarge)]
    public void A_body_nests_thirty_two_deep(int depth, RefusalCode? code) =>
        Assert.Equal(code, Decide("c1", body: string.Concat(Enumerable.Repeat("{\"a\":", depth)) + "{}" + new string('}', depth)).Refusal?.Code);

    [Fact]
    public void A_device_has_sixty_four_open_commands_and_what_has_run_out_takes_no_place()
    {
        Assert.Equal(64, Limits.OpenCommandsPerDeviceMax);
        Issue("first", seconds: 5);
        for (var i = 1; i < Limits.OpenCommandsPerDeviceMax; i++)
        {
            Issue("c" + i);
        }

        Assert.Equal(RefusalCode.TooMany, Decide("beyond").Refusal?.Code);
        world.NowMs += 5_000;
        Issue("after");
        Assert.Equal("c1", Open()[0].Id.ToString());
        Assert.Equal("after", Open()[^1].Id.ToString());
        AssertReplay();
    }

    [Fact]
    public void The_devices_of_a_twin_have_a_thousand_open_commands_together()
    {
        Assert.Equal(1_000, Limits.OpenCommandsPerTwinMax);
        var device = world.State.Find(TwinWorld.D1)!.Device;
        for (var i = 0; i < Limits.OpenCommandsPerTwinMax - 1; i++)
        {
            if (i % Limits.OpenCommandsPerDeviceMax == 0)
            {
                world.State.Apply(new DeviceMounted(device with { Id = DeviceId.Parse("n" + (i / Limits.OpenCommandsPerDeviceMax)) }), 0, 0);
            }

            var owner = DeviceId.Parse("n" + (i / Limits.OpenCommandsPerDeviceMax));
            var at = DateTimeOffset.FromUnixTimeMilliseconds(TwinWorld.Start);
            world.State.Apply(
                new CommandIssued(new(Id("c" + i), owner, world.State.Key, device.Area, i + 1, "x", "{}", "key:test", at, at.AddHours(1), CommandState.Issued)), 0, 0);
        }

        Issue("last");
        Assert.Equal(RefusalCode.TooMany, Decide("beyond").Refusal?.Code);
    }

    [Fact]
    public void Open_commands_survive_a_snapshot()
    {
        Issue("c1");
        Issue("c2");
        world.Send(Receipt("c1", 1));
        var read = TwinSnapshotCodec.Decode(TwinSnapshotCodec.Encode(world.State))!;
        Assert.Equal(world.State.ToView().Commands, read.ToView().Commands);
        world.State = read;
        Issue("c3");
        Assert.Equal(3, Open()[^1].Number);
    }

    /// <summary>A restart finds what the live twin knows.</summary>
    private void AssertReplay() => Assert.Equal(TwinWorld.Text(world.State), TwinWorld.Text(TwinWorld.Replay(world.Log)));

    private static CommandId Id(string id) => CommandId.Parse(id);

    private static DeviceMessage Receipt(string id, long afterMs, string? reason = null) =>
        TwinWorld.Other(MessageKind.CommandReceipt, TwinWorld.Start + afterMs, "", id) with { Body = reason };

    private static DeviceMessage Reply(string id, string body, long afterMs) =>
        TwinWorld.Other(MessageKind.CommandReply, TwinWorld.Start + afterMs, body, id);

    private static IEnumerable<Projected> Rows(Effects effects) => effects.Rows.Where(r => r.Kind == ViewKinds.Command);

    private CommandContext Context() => new("key:test", DateTimeOffset.FromUnixTimeMilliseconds(world.NowMs));

    private Outcome<Decision<DeviceCommand>> Decide(string id, string name = "open", string body = "{}", int seconds = 60) => CommandDecider.Issue(
        world.State, new(Id(id), TwinWorld.D1, name, body, Context().Now.AddSeconds(seconds)), world.Catalogue, Context());

    private DeviceCommand Issue(string id, int seconds = 60)
    {
        var decided = Decide(id, seconds: seconds);
        world.Do(decided);
        return decided.Value!.Result;
    }

    private DeviceCommand[] Open() => world.State.ToView().Commands;

    private DecidedEvent[] Happened() => [.. world.Events.Where(e => e.Event is CommandEvent)];
}
