using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using SmartCommunity.Client;
using SmartCommunity.Edge.Tests.Grpc;
using Xunit;

namespace SmartCommunity.Edge.Tests.Clients;

/// <summary>What a partner's program sees through the package, on the real edge.</summary>
[Collection(GrpcCollection.Name)]
public sealed class PartnerTests(EdgeHost host) : IAsyncDisposable
{
    private readonly ServiceProvider services = Partner.Services(host, host.Channel.Target);

    private SmartCommunityClient Client => services.GetRequiredService<SmartCommunityClient>();

    public ValueTask DisposeAsync() => services.DisposeAsync();

    [Fact]
    public async Task A_refusal_names_reason_field_rule_and_way_out()
    {
        var device = Sample.Device(await host.BuildingAsync());
        device.Profile = $"{host.Parent}/profiles/none-such";
        var refused = await Assert.ThrowsAsync<SmartCommunityException>(async () =>
            await Client.Devices.CreateDeviceAsync(new() { Parent = Client.Parent, DeviceId = EdgeHost.Next("d"), Device = device }));
        Assert.Equal(("device.profile", StatusCode.NotFound), (refused.Field, refused.StatusCode));
        Assert.Equal("NOT_FOUND", refused.Reason);
        Assert.All([refused.Rule, refused.WayOut, refused.RequestId], Assert.NotEmpty);
        Assert.Equal($"{refused.Field}: {refused.Rule} {refused.WayOut}", refused.Message);
    }

    [Fact]
    public async Task A_key_that_is_not_known_is_refused_at_once_and_not_tried_again()
    {
        await using var strangers = Partner.Services(host, host.Channel.Target, o => o.ApiKey = "sck_nobody");
        var client = strangers.GetRequiredService<SmartCommunityClient>();
        var refused = await Assert.ThrowsAsync<SmartCommunityException>(async () => await client.Districts.GetDistrictAsync(new() { Name = client.Parent }));
        Assert.Equal("UNAUTHENTICATED", refused.Reason);
        await Assert.ThrowsAsync<SmartCommunityException>(async () => await client.WatchAsync(cancellation: TestContext.Current.CancellationToken).FirstAsync());
    }

    [Theory]
    [InlineData("no-number")]
    [InlineData("999999999999")]
    public async Task A_cursor_that_was_never_given_is_refused_with_the_way_out(string cursor)
    {
        var refused = await Assert.ThrowsAsync<SmartCommunityException>(async () =>
            await Client.WatchAsync(fromCursor: cursor, cancellation: TestContext.Current.CancellationToken).FirstAsync());
        Assert.Equal("BAD_CURSOR", refused.Reason);
        Assert.Contains("send 0 to begin at the beginning", refused.WayOut, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_is_one_sequence_over_its_pages()
    {
        var building = await host.BuildingAsync();
        var wanted = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            var made = await Client.Devices.CreateDeviceAsync(new() { Parent = Client.Parent, DeviceId = EdgeHost.Next("p"), Device = Sample.Device(building) });
            wanted.Add(made.Device.Name);
        }

        var request = new V1.ListDevicesRequest { Parent = Client.Parent, Mount = building, PageSize = 2 };
        Assert.Equal(wanted.Order(StringComparer.Ordinal), await Client.Devices.ListAllAsync(request).Select(d => d.Name).ToArrayAsync());
        Assert.Empty(request.PageToken);
    }

    [Fact]
    public async Task The_same_message_sent_twice_by_the_caller_is_two_calls()
    {
        var request = new V1.CreateBuildingRequest { Parent = Client.Parent, BuildingId = EdgeHost.Next("b"), Building = Sample.Building() };
        await Client.Buildings.CreateBuildingAsync(request);
        Assert.Empty(request.RequestId);
        var second = Assert.Throws<SmartCommunityException>(() => Client.Buildings.CreateBuilding(request));
        Assert.Equal("ALREADY_EXISTS", second.Reason);
    }

    [Fact]
    public void Every_service_and_every_list_of_the_contract_has_its_place()
    {
        var properties = typeof(SmartCommunityClient).GetProperties().Select(p => p.PropertyType.DeclaringType).ToHashSet();
        var lists = typeof(Paging).GetMethods().Select(m => m.GetParameters().ElementAtOrDefault(1)?.ParameterType).ToHashSet();
        Assert.Empty(from rpc in Rpcs.All
                     let service = rpc.InputType.ClrType.Assembly.GetType($"SmartCommunity.V1.{rpc.Service.Name}")
                     where !properties.Contains(service) || (rpc.InputType.FindFieldByName("page_token") is not null && !lists.Contains(rpc.InputType.ClrType))
                     select rpc.FullName);
    }

    [Theory]
    [InlineData("", "key", "340104", "Address is missing")]
    [InlineData("ftp://there", "key", "340104", "no gRPC address")]
    [InlineData("localhost:8081", "", "340104", "ApiKey is missing")]
    [InlineData("localhost:8081", "key", "3401", "six digits")]
    public void A_wrong_option_is_named_when_the_client_is_asked_for(string address, string key, string district, string said)
    {
        var collection = new ServiceCollection();
        collection.AddSmartCommunity(o => (o.Address, o.ApiKey, o.District) = (address, key, district));
        using var provider = collection.BuildServiceProvider();
        var refused = Assert.Throws<OptionsValidationException>(provider.GetRequiredService<SmartCommunityClient>);
        Assert.Contains(said, refused.Message, StringComparison.Ordinal);
    }
}
