using System.Net;
using System.Text;
using System.Text.Json;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace SmartCommunity.Edge.Tests.Grpc;

/// <summary>Buildings and devices in full: fields in errors, paging, repetition, texts; what holds for them holds for all records.</summary>
[Collection(GrpcCollection.Name)]
public sealed class RecordTests(EdgeHost host)
{
    private readonly V1.BuildingService.BuildingServiceClient buildings = new(host.Channel);
    private readonly V1.DeviceService.DeviceServiceClient devices = new(host.Channel);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Texts that break careless programs: quotes, right to left, emoji with joiners, rare Han beyond the BMP, what looks like code.</summary>
    public static TheoryData<string> Naughty =>
    [
        "𠀀𠮷𡃁 花园 3号楼", "مبنى رقم ٣", "👩‍👩‍👧‍👦 building", "'; DROP TABLE views; --", "<script>alert(1)</script>", "\"\\\"\\\\", "a\tb\nc", "Ｆｕｌｌｗｉｄｔｈ",
        "Z̷̢͎a͢l̕g͜o", "=cmd|' /C calc'!A0", "%s%n%d", "\u202Ertl", "NULL", "İıſß",
    ];

    [Fact, Covers("BuildingService.CreateBuilding", "BuildingService.GetBuilding", "BuildingService.ListBuildings", "BuildingService.UpdateBuilding")]
    public async Task A_building_finds_its_cell_and_keeps_what_an_update_does_not_name()
    {
        var id = EdgeHost.Next("b");
        var made = (await buildings.CreateBuildingAsync(new() { Parent = host.Parent, BuildingId = id, Building = Sample.Building() }, host.Auth)).Building;
        Assert.Equal(($"{host.Parent}/buildings/{id}", $"{EdgeHost.District}001001001", "1"), (made.Name, made.Cell, made.Etag));
        var changed = (await buildings.UpdateBuildingAsync(new() { Building = new() { Name = made.Name, Storeys = 18 } }, host.Auth)).Building;
        Assert.Equal((18, made.DisplayName, made.Households, "2"), (changed.Storeys, changed.DisplayName, changed.Households, changed.Etag));
        await Errors.RefusedAsync(
            buildings.UpdateBuildingAsync(new() { Building = new() { Name = made.Name, Storeys = 19, Etag = "1" } }, host.Auth), StatusCode.Aborted, "STALE", "building.etag");
        await Errors.RefusedAsync(
            buildings.UpdateBuildingAsync(new() { Building = changed, UpdateMask = new() { Paths = { "cell" } } }, host.Auth),
            StatusCode.InvalidArgument,
            "IMMUTABLE",
            "update_mask");
        await Errors.RefusedAsync(
            buildings.UpdateBuildingAsync(new() { Building = changed, UpdateMask = new() { Paths = { "floors" } } }, host.Auth),
            StatusCode.InvalidArgument,
            "MALFORMED",
            "update_mask");
        Assert.Equal(changed, (await buildings.GetBuildingAsync(new() { Name = made.Name }, host.Auth)).Building);
        Assert.Contains(changed, (await buildings.ListBuildingsAsync(new() { Parent = host.Parent, Area = $"{EdgeHost.District}001", PageSize = 1000 }, host.Auth)).Buildings);
    }

    [Fact]
    public async Task An_update_over_rest_names_its_fields_in_the_query()
    {
        var name = await host.BuildingAsync();
        using var answer = await host.SendAsync(HttpMethod.Patch, $"/v1/{name}?updateMask=displayName,households", "{\"displayName\":\"二号楼\"}");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        using var body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Cancellation));
        var building = (await buildings.GetBuildingAsync(new() { Name = name }, host.Auth)).Building;
        Assert.Equal(("二号楼", 0, 6), (building.DisplayName, building.Households, building.Storeys));
        Assert.Equal("二号楼", body.RootElement.GetProperty("building").GetProperty("displayName").GetString());
    }

    [Fact]
    public async Task What_is_wrong_is_named_by_its_field_over_grpc_and_rest()
    {
        var bad = Sample.Building();
        bad.Storeys = -1;
        await Errors.RefusedAsync(Create("b1", bad), StatusCode.InvalidArgument, "OUT_OF_RANGE", "building.storeys");
        bad = Sample.Building();
        bad.DisplayName = string.Empty;
        await Errors.RefusedAsync(Create("b1", bad), StatusCode.InvalidArgument, "MISSING", "building.display_name");
        bad = Sample.Building();
        bad.Location = new() { Lon = double.NaN, Lat = 31 };
        await Errors.RefusedAsync(Create("b1", bad), StatusCode.InvalidArgument, "BAD_GEOMETRY", "building.location.lon");
        bad = Sample.Building();
        bad.Captain = "nobody";
        await Errors.RefusedAsync(Create("b1", bad), StatusCode.InvalidArgument, "MALFORMED", "building.captain");
        await Errors.RefusedAsync(Create("../b1", Sample.Building()), StatusCode.InvalidArgument, "MALFORMED", "building_id");
        await Errors.RefusedAsync(Create(new string('b', 65), Sample.Building()), StatusCode.InvalidArgument, "MALFORMED", "building_id");
        await Errors.RefusedAsync(
            buildings.CreateBuildingAsync(new() { Parent = host.Parent, BuildingId = "b1" }, host.Auth), StatusCode.InvalidArgument, "MISSING", "building");
        await Errors.RefusedAsync(
            buildings.GetBuildingAsync(new() { Name = $"{host.Parent}/buildings/nobody" }, host.Auth), StatusCode.NotFound, "NOT_FOUND", "name");

        using var rest = await host.SendAsync(HttpMethod.Post, $"/v1/{host.Parent}/buildings?buildingId=b1", "{\"displayName\":\"x\",\"location\":{\"lon\":117,\"lat\":31},\"storeys\":-1}");
        await Errors.RefusedAsync(rest, HttpStatusCode.BadRequest, "OUT_OF_RANGE", "building.storeys");
        using var missing = await host.SendAsync(HttpMethod.Get, $"/v1/{host.Parent}/buildings/nobody");
        await Errors.RefusedAsync(missing, HttpStatusCode.NotFound, "NOT_FOUND", "name");

        AsyncUnaryCall<V1.CreateBuildingResponse> Create(string id, V1.Building building) =>
            buildings.CreateBuildingAsync(new() { Parent = host.Parent, BuildingId = id, Building = building }, host.Auth);
    }

    // Seen to fail when the request id is not handed to the grain.
    [Fact]
    public async Task The_same_request_twice_is_one_effect_and_the_same_answer()
    {
        var request = new V1.CreateBuildingRequest { Parent = host.Parent, BuildingId = EdgeHost.Next("b"), Building = Sample.Building(), RequestId = EdgeHost.Next("r") };
        var first = await buildings.CreateBuildingAsync(request, host.Auth);
        Assert.Equal(first, await buildings.CreateBuildingAsync(request, host.Auth));

        var update = new V1.UpdateBuildingRequest { Building = new() { Name = first.Building.Name, Storeys = 7 }, RequestId = EdgeHost.Next("r") };
        var updated = await buildings.UpdateBuildingAsync(update, host.Auth);
        await buildings.UpdateBuildingAsync(new() { Building = new() { Name = first.Building.Name, DisplayName = "in between" } }, host.Auth);
        Assert.Equal(updated, await buildings.UpdateBuildingAsync(update, host.Auth));
        Assert.Equal("3", (await buildings.GetBuildingAsync(new() { Name = first.Building.Name }, host.Auth)).Building.Etag);

        update.Building.Storeys = 8;
        await Errors.RefusedAsync(buildings.UpdateBuildingAsync(update, host.Auth), StatusCode.AlreadyExists, "CONFLICT", "request_id");
        update.RequestId = "no spaces allowed";
        await Errors.RefusedAsync(buildings.UpdateBuildingAsync(update, host.Auth), StatusCode.InvalidArgument, "MALFORMED", "request_id");
    }

    [Fact]
    public async Task Pages_follow_each_other_without_gap_or_repeat()
    {
        for (var i = 0; i < 5; i++)
        {
            await host.BuildingAsync();
        }

        var all = new List<string>();
        var token = string.Empty;
        do
        {
            var page = await buildings.ListBuildingsAsync(new() { Parent = host.Parent, PageSize = 2, PageToken = token }, host.Auth);
            Assert.InRange(page.Buildings.Count, 1, 2);
            all.AddRange(page.Buildings.Select(b => b.Name));
            token = page.NextPageToken;
        }
        while (token.Length > 0);
        Assert.Equal(all.Distinct().Order(StringComparer.Ordinal), all);
        Assert.True(all.Count >= 5);

        await buildings.ListBuildingsAsync(new() { Parent = host.Parent, PageSize = 1000 }, host.Auth);
        foreach (var size in new[] { 1001, -1 })
        {
            await Errors.RefusedAsync(
                buildings.ListBuildingsAsync(new() { Parent = host.Parent, PageSize = size }, host.Auth), StatusCode.InvalidArgument, "OUT_OF_RANGE", "page_size");
        }

        foreach (var bad in new[] { "x", new string('A', 512), new string('A', 513), "☃" })
        {
            await Errors.RefusedAsync(
                buildings.ListBuildingsAsync(new() { Parent = host.Parent, PageToken = bad }, host.Auth), StatusCode.InvalidArgument, "BAD_CURSOR", "page_token");
        }

        await Errors.RefusedAsync(
            buildings.ListBuildingsAsync(new() { Parent = host.Parent, Area = "34" }, host.Auth), StatusCode.InvalidArgument, "MALFORMED", "area");
    }

    [Theory, MemberData(nameof(Naughty))]
    public async Task A_text_comes_back_as_it_went_over_grpc_and_rest(string text)
    {
        var building = Sample.Building();
        building.DisplayName = text;
        var name = (await buildings.CreateBuildingAsync(new() { Parent = host.Parent, BuildingId = EdgeHost.Next("b"), Building = building }, host.Auth)).Building.Name;
        var read = (await buildings.GetBuildingAsync(new() { Name = name }, host.Auth)).Building.DisplayName;
        Assert.Equal(Encoding.UTF8.GetBytes(text), Encoding.UTF8.GetBytes(read));

        using var answer = await host.SendAsync(HttpMethod.Get, $"/v1/{name}");
        using var body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal(text, body.RootElement.GetProperty("building").GetProperty("displayName").GetString());
    }

    [Fact, Covers("BuildingService.ImportBuildings")]
    public async Task An_import_keeps_good_rows_and_numbers_the_bad_ones()
    {
        var bad = Sample.Building();
        bad.Households = -5;
        var (one, two) = (EdgeHost.Next("b"), EdgeHost.Next("b"));
        var request = new V1.ImportBuildingsRequest
        {
            Parent = host.Parent,
            DryRun = true,
            Rows =
            {
                new V1.BuildingRow { Row = 2, BuildingId = one, Building = Sample.Building() },
                new V1.BuildingRow { Row = 5, BuildingId = two, Building = bad },
                new V1.BuildingRow { Row = 6, BuildingId = one, Building = Sample.Building() },
                new V1.BuildingRow { Row = 9, BuildingId = "no/good", Building = Sample.Building() },
            },
        };
        await AssertImportAsync(created: 1, unchanged: 0);
        await Errors.RefusedAsync(buildings.GetBuildingAsync(new() { Name = $"{host.Parent}/buildings/{one}" }, host.Auth), StatusCode.NotFound, "NOT_FOUND");
        request.DryRun = false;
        await AssertImportAsync(created: 1, unchanged: 0);
        await AssertImportAsync(created: 0, unchanged: 1);
        request.Rows.AddRange(Enumerable.Repeat(request.Rows[0], 997));
        await Errors.RefusedAsync(buildings.ImportBuildingsAsync(request, host.Auth), StatusCode.ResourceExhausted, "TOO_LARGE", "rows");

        async Task AssertImportAsync(int created, int unchanged)
        {
            var summary = (await buildings.ImportBuildingsAsync(request, host.Auth)).Summary;
            Assert.Equal((created, unchanged), (summary.Created, summary.Unchanged));
            Assert.Equal(
                [(5, "OUT_OF_RANGE", "households"), (6, "ALREADY_EXISTS", "building_id"), (9, "MALFORMED", "building_id")],
                summary.Refusals.Select(r => (r.Row, r.Reason, r.Field)));
        }
    }

    [Fact, Covers("DeviceService.CreateDevice", "DeviceService.GetDevice", "DeviceService.ListDevices", "DeviceService.UpdateDevice", "DeviceService.RotateDeviceToken", "DeviceService.RevokeDevice")]
    public async Task A_device_has_its_token_once()
    {
        var mount = await host.BuildingAsync();
        var request = new V1.CreateDeviceRequest { Parent = host.Parent, DeviceId = EdgeHost.Next("d"), Device = Sample.Device(mount), RequestId = EdgeHost.Next("r") };
        var made = await devices.CreateDeviceAsync(request, host.Auth);
        Assert.Matches("^[0-9a-hjkmnp-tv-z]{26}$", made.Token);
        Assert.Equal(made, await devices.CreateDeviceAsync(request, host.Auth));
        Assert.Equal($"{EdgeHost.District}001001001", made.Device.Area);
        Assert.Equal(made.Device, (await devices.GetDeviceAsync(new() { Name = made.Device.Name }, host.Auth)).Device);

        var renamed = (await devices.UpdateDeviceAsync(new() { Device = new() { Name = made.Device.Name, DisplayName = "二楼" } }, host.Auth)).Device;
        Assert.Equal([renamed], (await devices.ListDevicesAsync(new() { Parent = host.Parent, Mount = mount }, host.Auth)).Devices);
        await Errors.RefusedAsync(
            devices.UpdateDeviceAsync(new() { Device = renamed, UpdateMask = new() { Paths = { "mount" } } }, host.Auth), StatusCode.InvalidArgument, "IMMUTABLE", "update_mask");

        var rotated = await devices.RotateDeviceTokenAsync(new() { Name = made.Device.Name }, host.Auth);
        Assert.NotEqual(made.Token, rotated.Token);
        var revoked = await devices.RevokeDeviceAsync(new() { Name = made.Device.Name }, host.Auth);
        Assert.True(revoked.Device.Revoked);
        Assert.DoesNotContain(rotated.Token, revoked.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_device_may_have_a_user_name_and_a_password_made_or_chosen()
    {
        var mount = await host.BuildingAsync();
        var user = EdgeHost.Next("u");
        var request = new V1.CreateDeviceRequest { Parent = host.Parent, DeviceId = EdgeHost.Next("d"), Device = Sample.Device(mount), Username = user, RequestId = EdgeHost.Next("r") };
        var made = await devices.CreateDeviceAsync(request, host.Auth);
        Assert.Equal((user, ""), (made.Device.Username, made.Token));
        Assert.Matches("^[0-9a-hjkmnp-tv-z]{26}$", made.Password);
        Assert.Equal(made, await devices.CreateDeviceAsync(request, host.Auth));
        Assert.NotNull(await FindAsync(user, made.Password));

        var chosen = await devices.RotateDeviceTokenAsync(new() { Name = made.Device.Name, Username = user, Password = "correct horse" }, host.Auth);
        Assert.Equal("correct horse", chosen.Password);
        Assert.True(await Eventually.HoldsAsync(async () => await FindAsync(user, made.Password) is null && await FindAsync(user, "correct horse") is not null));
        Assert.DoesNotContain("correct horse", chosen.Device.ToString(), StringComparison.Ordinal);
        var renamed = await devices.UpdateDeviceAsync(new() { Device = new() { Name = made.Device.Name, DisplayName = "三楼" } }, host.Auth);
        Assert.Equal(user, renamed.Device.Username);

        Assert.Equal("", (await devices.RotateDeviceTokenAsync(new() { Name = made.Device.Name, Token = new string('t', 26) }, host.Auth)).Device.Username);

        request = new() { Parent = host.Parent, DeviceId = EdgeHost.Next("d"), Device = Sample.Device(mount), Username = "a b" };
        await Errors.RefusedAsync(devices.CreateDeviceAsync(request, host.Auth), StatusCode.InvalidArgument, "MALFORMED", "username");
        (request.Username, request.Password) = (user, "12 letters!");
        await Errors.RefusedAsync(devices.CreateDeviceAsync(request, host.Auth), StatusCode.InvalidArgument, "MALFORMED", "password");
        request.Username = "";
        await Errors.RefusedAsync(devices.CreateDeviceAsync(request, host.Auth), StatusCode.InvalidArgument, "MISSING", "username");
        (request.Token, request.Password) = (new string('u', 30), "12 letters!!");
        await Errors.RefusedAsync(devices.CreateDeviceAsync(request, host.Auth), StatusCode.InvalidArgument, "MALFORMED", "token");

        ValueTask<Grains.Ingest.DeviceRoute?> FindAsync(string name, string password) => host.Services
            .GetRequiredService<Grains.Ingest.IDeviceDirectory>()
            .FindByPasswordAsync(name, password, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_token_of_the_callers_choice_must_be_long()
    {
        var mount = await host.BuildingAsync();
        var request = new V1.CreateDeviceRequest { Parent = host.Parent, DeviceId = EdgeHost.Next("d"), Device = Sample.Device(mount), Token = new string('t', 25) };
        await Errors.RefusedAsync(devices.CreateDeviceAsync(request, host.Auth), StatusCode.InvalidArgument, "MALFORMED", "token");
        request.Token = Guid.NewGuid().ToString("N");
        Assert.Equal(request.Token, (await devices.CreateDeviceAsync(request, host.Auth)).Token);
        request.Device.Profile = $"{host.Parent}/profiles/none";
        request.DeviceId = EdgeHost.Next("d");
        await Errors.RefusedAsync(devices.CreateDeviceAsync(request, host.Auth), StatusCode.NotFound, "NOT_FOUND", "device.profile");
    }

    [Fact, Covers("DeviceService.ImportDevices")]
    public async Task An_import_of_devices_tells_each_new_token_once()
    {
        var mount = await host.BuildingAsync();
        var request = new V1.ImportDevicesRequest
        {
            Parent = host.Parent,
            Rows =
            {
                new V1.DeviceRow { DeviceId = EdgeHost.Next("d"), Device = Sample.Device(mount) },
                new V1.DeviceRow { DeviceId = EdgeHost.Next("d"), Device = Sample.Device(mount + "x") },
                new V1.DeviceRow { DeviceId = EdgeHost.Next("d"), Device = Sample.Device(mount) },
            },
        };
        var first = await devices.ImportDevicesAsync(request, host.Auth);
        Assert.Equal((2, 2), (first.Summary.Created, first.Tokens.Count));
        Assert.Equal(2, first.Summary.Refusals.Single().Row);
        Assert.Equal(2, first.Tokens.Select(t => t.Token).Distinct().Count());
        var second = await devices.ImportDevicesAsync(request, host.Auth);
        Assert.Equal((0, 2, 0), (second.Summary.Created, second.Summary.Unchanged, second.Tokens.Count));
    }
}
