using SmartCommunity.Domain.Commands;
using SmartCommunity.Domain.Devices;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Domain.Tests.Twins;
using SmartCommunity.Domain.Twins;
using SmartCommunity.Domain.Views;

namespace SmartCommunity.Domain.Tests.Devices;

public sealed class GatewayCheckTests
{
    private static readonly DeviceId G = DeviceId.Parse("g1");

    private readonly TwinWorld world = new();

    private Device D1 => world.State.Find(TwinWorld.D1)!.Device;

    [Fact]
    public void A_device_goes_behind_a_gateway_and_comes_from_behind_it()
    {
        var behind = Define(D1 with { Gateway = G }, Standing());
        Assert.Equal(G, behind.Value!.Result.Gateway);
        Assert.IsType<DeviceChanged>(Assert.Single(behind.Value.Events).Event);
        Assert.Equal([new CounterDelta("340104", CounterNames.BehindGateway(G), 1)], behind.Value.Effects.Counters);
        world.Do(behind);
        var free = Define(D1 with { Gateway = null }, null);
        Assert.Equal([new CounterDelta("340104", CounterNames.BehindGateway(G), -1)], free.Value!.Effects.Counters);
        world.Do(free);
        Assert.Null(D1.Gateway);
    }

    [Fact]
    public void A_revoked_device_is_behind_no_gateway()
    {
        world.Do(Define(D1 with { Gateway = G }, Standing()));
        var revoked = TwinDecider.RevokeDevice(world.State, TwinWorld.D1, world.Catalogue, TwinWorld.Context(TwinWorld.Start));
        Assert.Contains(new CounterDelta("340104", CounterNames.BehindGateway(G), -1), revoked.Value!.Effects.Counters);
    }

    [Fact]
    public void A_gateway_is_another_live_device_that_speaks_for_itself()
    {
        Assert.Equal(RefusalCode.WrongState, Refused(TwinWorld.D1, Standing()));
        Assert.Equal(RefusalCode.NotFound, Refused(G, null));
        Assert.Equal(RefusalCode.NotFound, Refused(G, new(null, false)));
        Assert.Equal(RefusalCode.NotFound, Refused(G, new(Gateway() with { Revoked = true }, false)));
        Assert.Equal(RefusalCode.WrongState, Refused(G, new(Gateway() with { Gateway = TwinWorld.D2 }, false)));
        Assert.Equal(RefusalCode.WrongState, Refused(G, new(Gateway(), SpeaksForOthers: true)));
    }

    [Fact]
    public void A_gateway_that_is_as_it_was_is_not_judged_again()
    {
        world.Do(Define(D1 with { Gateway = G }, Standing()));
        Assert.False(Define(D1 with { Name = "新" }, new(Gateway() with { Revoked = true }, false)).IsRefused);
    }

    private RefusalCode? Refused(DeviceId gateway, GatewayStanding? standing)
    {
        var refusal = Define(D1 with { Gateway = gateway }, standing).Refusal;
        Assert.Equal("gateway", refusal?.Field);
        return refusal?.Code;
    }

    private Outcome<Decision<Device>> Define(Device device, GatewayStanding? standing) => TwinDecider.DefineDevice(
        world.State, device, true, world.Catalogue, WriteCondition.Upsert, TwinWorld.Context(TwinWorld.Start), standing);

    private Device Gateway() => D1 with { Id = G };

    private GatewayStanding Standing() => new(Gateway(), SpeaksForOthers: false);
}
