using System.Net;
using Google.Protobuf;
using Grpc.Core;
using Xunit;

namespace SmartCommunity.Edge.Tests.Grpc;

[Collection(GrpcCollection.Name)]
public sealed class AccessTests(EdgeHost host)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static IEnumerable<TheoryDataRow<string>> AllRpcs => Rpcs.Names;

    // Seen to fail when the interceptor lets a call without a credential pass.
    [Theory, MemberData(nameof(AllRpcs))]
    public async Task A_call_without_a_key_is_unauthenticated(string rpc)
    {
        var method = Rpcs.Find(rpc);
        var request = Rpcs.Request(method, EdgeHost.District).ToByteArray();
        foreach (var headers in new Metadata[] { [], new() { { "x-api-key", "sc_wrong" } }, new() { { "authorization", "Bearer " + new string('x', 5_000) } } })
        {
            var refused = await Rpcs.CallAsync(host.Invoker, method, request, headers, Cancellation);
            Assert.Equal(StatusCode.Unauthenticated, refused?.StatusCode);
            Assert.Equal("No valid credential was presented. Send an API key as x-api-key or as a bearer token.", refused!.Status.Detail);
        }
    }

    // Seen to fail when the interceptor does not compare the districts.
    [Theory, MemberData(nameof(AllRpcs))]
    public async Task Another_district_answers_as_one_that_does_not_exist(string rpc)
    {
        var method = Rpcs.Find(rpc);
        if (SmartCommunity.Grpc.Calls.CallNeeds.Find(rpc)!.Field.Length == 0)
        {
            return;
        }

        var theirs = await Rpcs.CallAsync(host.Invoker, method, Rpcs.Request(method, EdgeHost.Other).ToByteArray(), host.Auth, Cancellation);
        var nobodys = await Rpcs.CallAsync(host.Invoker, method, Rpcs.Request(method, "659001").ToByteArray(), host.Auth, Cancellation);
        Assert.Equal(StatusCode.NotFound, theirs?.StatusCode);
        Assert.Equal(nobodys!.Status.Detail, theirs!.Status.Detail);
        Assert.Equal(nobodys.GetRpcStatus(), theirs.GetRpcStatus());
    }

    [Fact]
    public async Task A_record_of_another_district_cannot_be_referred_to()
    {
        var devices = new V1.DeviceService.DeviceServiceClient(host.Channel);
        var mount = await host.BuildingAsync();
        var theirs = Sample.Device(mount.Replace(EdgeHost.District, EdgeHost.Other, StringComparison.Ordinal));
        await Errors.RefusedAsync(
            devices.CreateDeviceAsync(new() { Parent = host.Parent, DeviceId = EdgeHost.Next("d"), Device = theirs }, host.Auth),
            StatusCode.NotFound,
            "NOT_FOUND",
            "device.mount");
    }

    [Fact]
    public async Task Only_the_operator_opens_districts()
    {
        var districts = new V1.DistrictService.DistrictServiceClient(host.Channel);
        var request = new V1.CreateDistrictRequest { DistrictId = "340102", District = Sample.District() };
        await Errors.RefusedAsync(districts.CreateDistrictAsync(request, host.Auth), StatusCode.PermissionDenied, "NOT_AUTHORISED");
    }

    [Fact]
    public async Task The_operator_reads_no_records_of_a_district()
    {
        var buildings = new V1.BuildingService.BuildingServiceClient(host.Channel);
        await Errors.RefusedAsync(
            buildings.ListBuildingsAsync(new() { Parent = host.Parent }, host.OperatorAuth), StatusCode.PermissionDenied, "NOT_AUTHORISED");
    }

    [Fact, Covers("DistrictService.CreateApiKey", "DistrictService.RevokeApiKey")]
    public async Task A_key_works_until_it_is_revoked_and_is_never_stored()
    {
        var districts = new V1.DistrictService.DistrictServiceClient(host.Channel);
        var made = await districts.CreateApiKeyAsync(
            new() { Parent = host.Parent, ApiKey = new() { DisplayName = "partner" }, RequestId = "key-1" }, host.Auth);
        Assert.Matches("^sc_[0-9a-hjkmnp-tv-z]{26}$", made.Key);
        var again = await districts.CreateApiKeyAsync(
            new() { Parent = host.Parent, ApiKey = new() { DisplayName = "partner" }, RequestId = "key-1" }, host.Auth);
        Assert.Equal(made, again);
        var other = await districts.CreateApiKeyAsync(
            new() { Parent = host.Parent, ApiKey = new() { DisplayName = "partner" }, RequestId = "key-2" }, host.Auth);
        Assert.NotEqual(made.Key, other.Key);

        var auth = new Metadata { { "x-api-key", made.Key } };
        await districts.GetDistrictAsync(new() { Name = host.Parent }, auth);
        await districts.RevokeApiKeyAsync(new() { Name = made.ApiKey.Name }, host.Auth);
        await Errors.RefusedAsync(districts.GetDistrictAsync(new() { Name = host.Parent }, auth), StatusCode.Unauthenticated, "UNAUTHENTICATED");
        await Errors.RefusedAsync(
            districts.RevokeApiKeyAsync(new() { Name = host.Parent + "/apiKeys/nobody" }, host.Auth), StatusCode.NotFound, "NOT_FOUND", "name");
    }

    [Fact]
    public async Task The_same_rules_hold_for_rest()
    {
        using var without = await host.Rest.GetAsync(new Uri($"/v1/{host.Parent}", UriKind.Relative), Cancellation);
        await Errors.RefusedAsync(without, HttpStatusCode.Unauthorized, "UNAUTHENTICATED");
        using var theirs = await host.SendAsync(HttpMethod.Get, $"/v1/districts/{EdgeHost.Other}");
        await Errors.RefusedAsync(theirs, HttpStatusCode.NotFound, "NOT_FOUND", "name");
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"/v1/{host.Parent}", UriKind.Relative));
        request.Headers.Authorization = new("Bearer", host.Key);
        using var mine = await host.Rest.SendAsync(request, Cancellation);
        Assert.Equal(HttpStatusCode.OK, mine.StatusCode);
    }
}
