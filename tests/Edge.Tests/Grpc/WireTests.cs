using System.Net;
using System.Text;
using Google.Protobuf;
using Grpc.Core;
using Xunit;

namespace SmartCommunity.Edge.Tests.Grpc;

/// <summary>What is no request at all, and requests that are too large.</summary>
[Collection(GrpcCollection.Name)]
public sealed class WireTests(EdgeHost host)
{
    private const int MiB = 1 << 20;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static IEnumerable<TheoryDataRow<string>> AllRpcs => Rpcs.Names;

    [Theory, MemberData(nameof(AllRpcs))]
    public async Task A_message_that_cannot_be_parsed_is_an_invalid_argument(string rpc)
    {
        // Field 1 as a length that is not there; a group that never ends; field 1 with wire type 7, which does not exist.
        foreach (var bytes in new byte[][] { [0x0A, 0x7F, 0x41], [0x0B], [0x0F, 0x01] })
        {
            var refused = await Rpcs.CallAsync(host.Invoker, Rpcs.Find(rpc), bytes, host.Auth, Cancellation);
            Assert.Equal(StatusCode.InvalidArgument, refused?.StatusCode);
        }
    }

    [Fact]
    public async Task A_known_field_with_another_wire_type_does_not_take_its_place()
    {
        // Field 1 (name, a string) as a varint: an unknown field by the rules of protobuf, so the name is missing.
        var refused = await Rpcs.CallAsync(host.Invoker, Rpcs.Find("/smartcommunity.v1.BuildingService/GetBuilding"), [0x08, 0x01], host.Auth, Cancellation);
        Assert.Equal(StatusCode.InvalidArgument, refused?.StatusCode);
        Assert.Contains("name", refused!.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_byte_beyond_four_mebibytes_is_refused_and_an_import_may_be_larger()
    {
        var buildings = new V1.BuildingService.BuildingServiceClient(host.Channel);
        var request = new V1.CreateBuildingRequest { Parent = host.Parent, BuildingId = EdgeHost.Next("b"), Building = Sample.Building() };
        request.Building.Address = new string('x', (4 * MiB) - 200);
        request.Building.Address += new string('x', (4 * MiB) - request.CalculateSize());
        Assert.Equal(4 * MiB, request.CalculateSize());

        // At the limit it is read, and then refused for its content.
        await Errors.RefusedAsync(buildings.CreateBuildingAsync(request, host.Auth), StatusCode.ResourceExhausted, "TOO_LARGE", "building.address");
        request.Building.Address += "x";
        var refused = await Errors.RefusedAsync(buildings.CreateBuildingAsync(request, host.Auth), StatusCode.ResourceExhausted, "TOO_LARGE");
        Assert.Contains("4194304 bytes", refused.Status.Detail, StringComparison.Ordinal);

        var import = new V1.ImportBuildingsRequest { Parent = host.Parent, DryRun = true, Rows = { new V1.BuildingRow { BuildingId = "b1", Building = request.Building } } };
        var answer = await buildings.ImportBuildingsAsync(import, host.Auth);
        Assert.Equal("TOO_LARGE", answer.Summary.Refusals.Single().Reason);

        import.Rows[0].Building.Address = new string('x', 16 * MiB);
        var tooLarge = await Assert.ThrowsAnyAsync<RpcException>(async () => await buildings.ImportBuildingsAsync(import, host.Auth));
        Assert.Equal(StatusCode.ResourceExhausted, tooLarge.StatusCode);
    }

    [Fact]
    public async Task A_rest_body_beyond_four_mebibytes_is_answered_413()
    {
        var json = "{\"displayName\":\"" + new string('x', 4 * MiB) + "\"}";
        using var refused = await host.SendAsync(HttpMethod.Post, $"/v1/{host.Parent}/buildings?buildingId=big", json);
        await Errors.RefusedAsync(refused, HttpStatusCode.RequestEntityTooLarge, "TOO_LARGE");

    }

    [Theory]
    [InlineData(0, HttpStatusCode.TooManyRequests)]
    [InlineData(1, HttpStatusCode.RequestEntityTooLarge)]
    public async Task A_chunked_rest_body_is_read_up_to_four_mebibytes(int beyond, HttpStatusCode expected)
    {
        // At the limit it is read, and then refused for the length of its address.
        const string start = "{\"displayName\":\"A\",\"location\":{\"lon\":117.205,\"lat\":31.805},\"address\":\"", end = "\"}";
        var json = start + new string('x', (4 * MiB) - start.Length - end.Length + beyond) + end;
        using var chunked = new HttpRequestMessage(HttpMethod.Post, new Uri($"/v1/{host.Parent}/buildings?buildingId=big", UriKind.Relative));
        chunked.Headers.Add("x-api-key", host.Key);
        chunked.Headers.TransferEncodingChunked = true;
        chunked.Content = new StreamContent(new MemoryStream(Encoding.UTF8.GetBytes(json)));
        chunked.Content.Headers.ContentType = new("application/json");
        using var answer = await host.Rest.SendAsync(chunked, Cancellation);
        Assert.Equal(expected, answer.StatusCode);
        Assert.Equal(beyond > 0, !(await answer.Content.ReadAsStringAsync(Cancellation)).Contains("building.address", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("{\"displayName\":")]
    [InlineData("{\"storeys\":\"many\"}")]
    [InlineData("{\"location\":{\"lon\":1e999}}")]
    [InlineData("[]")]
    public async Task Json_of_another_shape_is_a_bad_request(string json)
    {
        using var refused = await host.SendAsync(HttpMethod.Post, $"/v1/{host.Parent}/buildings?buildingId=b1", json);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains("\"message\"", await refused.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_enum_value_is_refused_by_its_field()
    {
        var units = new V1.OrgUnitService.OrgUnitServiceClient(host.Channel);
        var unit = Sample.OrgUnit();
        unit.Tier = (V1.OrgTier)99;
        await Errors.RefusedAsync(
            units.CreateOrgUnitAsync(new() { Parent = host.Parent, OrgUnitId = EdgeHost.Next("o"), OrgUnit = unit }, host.Auth),
            StatusCode.InvalidArgument,
            "MALFORMED",
            "org_unit.tier");
        var alarms = new V1.AlarmService.AlarmServiceClient(host.Channel);
        await Errors.RefusedAsync(
            alarms.ListAlarmsAsync(new() { Parent = host.Parent, Status = (V1.AlarmStatus)9 }, host.Auth), StatusCode.InvalidArgument, "MALFORMED", "status");
    }

    [Fact]
    public async Task A_million_repeated_elements_are_refused()
    {
        var volunteers = new V1.VolunteerService.VolunteerServiceClient(host.Channel);
        var volunteer = Sample.Volunteer();
        volunteer.Skills.AddRange(Enumerable.Repeat("a", 1_000_000));
        await Errors.RefusedAsync(
            volunteers.CreateVolunteerAsync(new() { Parent = host.Parent, VolunteerId = EdgeHost.Next("v"), Volunteer = volunteer }, host.Auth),
            StatusCode.ResourceExhausted,
            "TOO_LARGE",
            "volunteer.skills");
    }

    [Fact]
    public async Task A_call_whose_deadline_is_over_says_so_and_repeating_it_has_one_effect()
    {
        var buildings = new V1.BuildingService.BuildingServiceClient(host.Channel);
        var id = EdgeHost.Next("b");
        var request = new V1.CreateBuildingRequest { Parent = host.Parent, BuildingId = id, Building = Sample.Building(), RequestId = EdgeHost.Next("r") };
        var late = await Assert.ThrowsAnyAsync<RpcException>(async () => await buildings.CreateBuildingAsync(request, host.Auth, DateTime.UtcNow));
        Assert.Equal(StatusCode.DeadlineExceeded, late.StatusCode);

        using var gone = new CancellationTokenSource();
        var call = buildings.CreateBuildingAsync(request, host.Auth, cancellationToken: gone.Token);
        await gone.CancelAsync();
        var outcome = await Record.ExceptionAsync(async () => await call);
        Assert.True(outcome is null or RpcException { StatusCode: StatusCode.Cancelled });

        var first = await buildings.CreateBuildingAsync(request, host.Auth);
        var second = await buildings.CreateBuildingAsync(request, host.Auth);
        Assert.Equal(first, second);
        Assert.Equal("1", first.Building.Etag);
    }
}
