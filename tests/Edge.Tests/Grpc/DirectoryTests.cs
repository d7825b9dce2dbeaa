using System.Net;
using System.Text.Json;
using Grpc.Core;
using Xunit;

namespace SmartCommunity.Edge.Tests.Grpc;

/// <summary>Create, get, list and update of everything the directory holds.</summary>
[Collection(GrpcCollection.Name)]
public sealed class DirectoryTests(EdgeHost host)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact, Covers("DistrictService.CreateDistrict", "DistrictService.GetDistrict", "DistrictService.ListDistricts", "DistrictService.UpdateDistrict")]
    public async Task A_district_is_opened_listed_and_changed()
    {
        var districts = new V1.DistrictService.DistrictServiceClient(host.Channel);
        var opened = await districts.CreateDistrictAsync(new() { DistrictId = "340103", District = Sample.District() }, host.OperatorAuth);
        Assert.Equal("districts/340103", opened.District.Name);
        await Errors.RefusedAsync(
            districts.CreateDistrictAsync(new() { DistrictId = "340103", District = Sample.District() }, host.OperatorAuth),
            StatusCode.AlreadyExists,
            "ALREADY_EXISTS");
        await Errors.RefusedAsync(
            districts.CreateDistrictAsync(new() { DistrictId = "34010", District = Sample.District() }, host.OperatorAuth),
            StatusCode.InvalidArgument,
            "MALFORMED",
            "district_id");

        var all = await districts.ListDistrictsAsync(new() { PageSize = 2 }, host.OperatorAuth);
        Assert.Equal(2, all.Districts.Count);
        var rest = await districts.ListDistrictsAsync(new() { PageSize = 2, PageToken = all.NextPageToken }, host.OperatorAuth);
        Assert.Contains(all.Districts.Concat(rest.Districts), d => d.Name == "districts/340103");
        var mine = await districts.ListDistrictsAsync(new(), host.Auth);
        Assert.Equal(host.Parent, mine.Districts.Single().Name);

        var changed = await districts.UpdateDistrictAsync(
            new() { District = new() { Name = "districts/340103", TimeZone = "Asia/Urumqi" }, UpdateMask = new() { Paths = { "time_zone" } } }, host.OperatorAuth);
        Assert.Equal(("蜀山区", "Asia/Urumqi", "2"), (changed.District.DisplayName, changed.District.TimeZone, changed.District.Etag));
        await Errors.RefusedAsync(
            districts.UpdateDistrictAsync(new() { District = new() { Name = "districts/340103", TimeZone = "Mars/Olympus" } }, host.OperatorAuth),
            StatusCode.InvalidArgument,
            "MALFORMED",
            "district.time_zone");
        Assert.Equal(changed.District, (await districts.GetDistrictAsync(new() { Name = "districts/340103" }, host.OperatorAuth)).District);
    }

    [Fact, Covers("DistrictService.GetStateHash", "DistrictService.GetRollup")]
    public async Task Hash_and_counters_follow_a_change()
    {
        var districts = new V1.DistrictService.DistrictServiceClient(host.Channel);
        using var before = JsonDocument.Parse(await (await host.SendAsync(HttpMethod.Get, $"/v1/districts/{EdgeHost.District}:stateHash")).Content.ReadAsStringAsync(Cancellation));
        var cell = $"{host.Parent}/areas/{EdgeHost.District}001001001";
        var counted = await districts.GetRollupAsync(new() { Name = cell }, host.Auth);
        await host.DeviceAsync();
        var after = await districts.GetStateHashAsync(new() { Name = host.Parent }, host.Auth);
        Assert.Matches("^[0-9a-f]{64}$", after.Hash);
        Assert.NotEqual(before.RootElement.GetProperty("hash").GetString(), after.Hash);

        var recounted = await districts.GetRollupAsync(new() { Name = cell }, host.Auth);
        Assert.True(recounted.Rollup.Buildings > counted.Rollup.Buildings);
        Assert.True(recounted.Rollup.DevicesTotal > counted.Rollup.DevicesTotal);
        using var whole = await host.SendAsync(HttpMethod.Get, $"/v1/{host.Parent}:rollup");
        Assert.Equal(HttpStatusCode.OK, whole.StatusCode);
        using var street = await host.SendAsync(HttpMethod.Get, $"/v1/{host.Parent}/areas/{EdgeHost.District}001:rollup");
        Assert.Equal(HttpStatusCode.OK, street.StatusCode);
        await Errors.RefusedAsync(
            districts.GetRollupAsync(new() { Name = $"{host.Parent}/areas/{EdgeHost.Other}001" }, host.Auth), StatusCode.NotFound, "NOT_FOUND", "name");
    }

    [Fact, Covers("AreaService.NameAreas", "AreaService.GetArea", "AreaService.ListAreas")]
    public async Task Streets_and_communities_are_named_together_or_not_at_all()
    {
        var areas = new V1.AreaService.AreaServiceClient(host.Channel);
        var street = new V1.Area { Name = $"{host.Parent}/areas/{EdgeHost.District}002", DisplayName = "稻香村街道" };
        var orphan = new V1.Area { Name = $"{host.Parent}/areas/{EdgeHost.District}009001", DisplayName = "孤儿社区" };
        await Errors.RefusedAsync(
            areas.NameAreasAsync(new() { Parent = host.Parent, Areas = { street, orphan } }, host.Auth), StatusCode.InvalidArgument, "WRONG_PARENT");
        await Errors.RefusedAsync(areas.GetAreaAsync(new() { Name = street.Name }, host.Auth), StatusCode.NotFound, "NOT_FOUND", "name");
        await areas.NameAreasAsync(new() { Parent = host.Parent, Areas = { street } }, host.Auth);
        Assert.Equal("稻香村街道", (await areas.GetAreaAsync(new() { Name = street.Name }, host.Auth)).Area.DisplayName);
        var listed = await areas.ListAreasAsync(new() { Parent = host.Parent, Area = $"{EdgeHost.District}002" }, host.Auth);
        Assert.Equal(street.Name, listed.Areas.Single().Name);
    }

    [Fact, Covers("CellService.CreateCell", "CellService.GetCell", "CellService.ListCells", "CellService.UpdateCell", "CellService.ImportCells")]
    public async Task Cells_are_imported_all_or_none_with_the_row_that_is_wrong()
    {
        var cells = new V1.CellService.CellServiceClient(host.Channel);
        var good = new V1.CellRow { Row = 7, CellId = $"{EdgeHost.District}001001007", Cell = new() { DisplayName = "七", Outline = Sample.Square(117.30, 31.80) } };
        var open = new V1.CellRow { Row = 8, CellId = $"{EdgeHost.District}001001008", Cell = new() { DisplayName = "八", Outline = Sample.Square(117.40, 31.80) } };
        open.Cell.Outline.Rings[0].Points.RemoveAt(4);
        var refused = await cells.ImportCellsAsync(new() { Parent = host.Parent, Rows = { good, open } }, host.Auth);
        Assert.Equal((8, "BAD_GEOMETRY"), (refused.Summary.Refusals[0].Row, refused.Summary.Refusals[0].Reason));
        await Errors.RefusedAsync(cells.GetCellAsync(new() { Name = $"{host.Parent}/cells/{good.CellId}" }, host.Auth), StatusCode.NotFound, "NOT_FOUND", "name");

        var checkedOnly = await cells.ImportCellsAsync(new() { Parent = host.Parent, Rows = { good }, DryRun = true }, host.Auth);
        Assert.Equal((1, true), (checkedOnly.Summary.Created, checkedOnly.Summary.DryRun));
        var made = await cells.ImportCellsAsync(new() { Parent = host.Parent, Rows = { good } }, host.Auth);
        Assert.Equal((1, 0), (made.Summary.Created, made.Summary.Refusals.Count));
        var again = await cells.ImportCellsAsync(new() { Parent = host.Parent, Rows = { good } }, host.Auth);
        Assert.Equal((0, 1), (again.Summary.Created, again.Summary.Unchanged));

        var created = await cells.CreateCellAsync(
            new() { Parent = host.Parent, CellId = $"{EdgeHost.District}001001009", Cell = new() { DisplayName = "九", Outline = Sample.Square(117.50, 31.80) } }, host.Auth);
        Assert.InRange(created.Cell.AreaM2, 900_000, 1_200_000);
        await Errors.RefusedAsync(
            cells.CreateCellAsync(
                new() { Parent = host.Parent, CellId = $"{EdgeHost.District}001001010", Cell = new() { DisplayName = "十", Outline = Sample.Square(117.505, 31.80) } }, host.Auth),
            StatusCode.InvalidArgument,
            "OVERLAP");
        var renamed = await cells.UpdateCellAsync(new() { Cell = new() { Name = created.Cell.Name, DisplayName = "玖" } }, host.Auth);
        Assert.Equal(("玖", created.Cell.Outline), (renamed.Cell.DisplayName, renamed.Cell.Outline));
        var listed = await cells.ListCellsAsync(new() { Parent = host.Parent, Area = $"{EdgeHost.District}001001" }, host.Auth);
        Assert.Contains(renamed.Cell, listed.Cells);
    }

    [Fact, Covers("OrgUnitService.CreateOrgUnit", "OrgUnitService.GetOrgUnit", "OrgUnitService.ListOrgUnits", "OrgUnitService.UpdateOrgUnit")]
    public async Task A_unit_has_a_superior_of_the_tier_above()
    {
        var units = new V1.OrgUnitService.OrgUnitServiceClient(host.Channel);
        var street = await units.CreateOrgUnitAsync(new() { Parent = host.Parent, OrgUnitId = EdgeHost.Next("o"), OrgUnit = Sample.OrgUnit() }, host.Auth);
        var branch = new V1.OrgUnit { DisplayName = "第一支部", Tier = V1.OrgTier.Branch, Area = $"{EdgeHost.District}001001", Superior = street.OrgUnit.Name };
        await Errors.RefusedAsync(
            units.CreateOrgUnitAsync(new() { Parent = host.Parent, OrgUnitId = EdgeHost.Next("o"), OrgUnit = branch }, host.Auth),
            StatusCode.InvalidArgument,
            "WRONG_PARENT",
            "org_unit.superior");
        branch.Tier = V1.OrgTier.CommunityCommittee;
        var committee = await units.CreateOrgUnitAsync(new() { Parent = host.Parent, OrgUnitId = EdgeHost.Next("o"), OrgUnit = branch }, host.Auth);
        var renamed = await units.UpdateOrgUnitAsync(new() { OrgUnit = new() { Name = committee.OrgUnit.Name, DisplayName = "社区党委" } }, host.Auth);
        Assert.Equal(renamed.OrgUnit, (await units.GetOrgUnitAsync(new() { Name = committee.OrgUnit.Name }, host.Auth)).OrgUnit);
        Assert.Contains(renamed.OrgUnit, (await units.ListOrgUnitsAsync(new() { Parent = host.Parent, Area = $"{EdgeHost.District}001" }, host.Auth)).OrgUnits);
    }

    [Fact, Covers("VolunteerService.CreateVolunteer", "VolunteerService.GetVolunteer", "VolunteerService.ListVolunteers", "VolunteerService.UpdateVolunteer", "VolunteerService.ReportVolunteerPresence", "VolunteerService.ImportVolunteers")]
    public async Task A_volunteer_is_registered_and_tells_where_they_are()
    {
        var volunteers = new V1.VolunteerService.VolunteerServiceClient(host.Channel);
        var id = EdgeHost.Next("v");
        var made = await volunteers.CreateVolunteerAsync(new() { Parent = host.Parent, VolunteerId = id, Volunteer = Sample.Volunteer() }, host.Auth);
        Assert.Null(made.Volunteer.Presence);
        var present = await volunteers.ReportVolunteerPresenceAsync(
            new() { Name = made.Volunteer.Name, OnDuty = true, Location = new() { Lon = 117.205, Lat = 31.805 } }, host.Auth);
        Assert.Equal((true, $"{EdgeHost.District}001001001"), (present.Volunteer.Presence.OnDuty, present.Volunteer.Presence.Cell));
        await Errors.RefusedAsync(
            volunteers.ReportVolunteerPresenceAsync(new() { Name = made.Volunteer.Name, Location = new() { Lon = 31.8, Lat = 117.2 } }, host.Auth),
            StatusCode.InvalidArgument,
            "BAD_GEOMETRY",
            "location.lat");
        var changed = await volunteers.UpdateVolunteerAsync(
            new() { Volunteer = new() { Name = made.Volunteer.Name }, UpdateMask = new() { Paths = { "skills", "party_member" } } }, host.Auth);
        Assert.Equal((0, false), (changed.Volunteer.Skills.Count, changed.Volunteer.PartyMember));
        Assert.NotNull(changed.Volunteer.Presence);
        Assert.Equal(changed.Volunteer, (await volunteers.GetVolunteerAsync(new() { Name = made.Volunteer.Name }, host.Auth)).Volunteer);

        var bad = Sample.Volunteer();
        bad.Phone = "call me";
        var imported = await volunteers.ImportVolunteersAsync(
            new()
            {
                Parent = host.Parent,
                Rows =
                {
                    new V1.VolunteerRow { Row = 2, VolunteerId = EdgeHost.Next("v"), Volunteer = Sample.Volunteer() },
                    new V1.VolunteerRow { Row = 3, VolunteerId = EdgeHost.Next("v"), Volunteer = bad },
                },
            },
            host.Auth);
        Assert.Equal((1, 3, "phone"), (imported.Summary.Created, imported.Summary.Refusals.Single().Row, imported.Summary.Refusals[0].Field));
        Assert.NotEmpty((await volunteers.ListVolunteersAsync(new() { Parent = host.Parent }, host.Auth)).Volunteers);
    }

    [Fact, Covers("ProfileService.CreateProfile", "ProfileService.GetProfile", "ProfileService.ListProfiles", "ProfileService.UpdateProfile", "RuleService.CreateRule", "RuleService.GetRule", "RuleService.ListRules", "RuleService.UpdateRule")]
    public async Task Profiles_and_rules_are_defined_and_changed()
    {
        var profiles = new V1.ProfileService.ProfileServiceClient(host.Channel);
        var rules = new V1.RuleService.RuleServiceClient(host.Channel);
        var profile = (await profiles.CreateProfileAsync(new() { Parent = host.Parent, ProfileId = EdgeHost.Next("p"), Profile = Sample.Profile() }, host.Auth)).Profile;
        profile = (await profiles.UpdateProfileAsync(new() { Profile = new() { Name = profile.Name, DisplayName = "烟感" } }, host.Auth)).Profile;
        Assert.Equal(profile, (await profiles.GetProfileAsync(new() { Name = profile.Name }, host.Auth)).Profile);
        Assert.Contains(profile, (await profiles.ListProfilesAsync(new() { Parent = host.Parent }, host.Auth)).Profiles);

        var wanted = Sample.Rule(profile.Name);
        wanted.Calendar = new() { Days = { V1.Weekday.Sunday, V1.Weekday.Monday }, FromMinute = 1320, ToMinute = 360 };
        var rule = (await rules.CreateRuleAsync(new() { Parent = host.Parent, RuleId = EdgeHost.Next("r"), Rule = wanted }, host.Auth)).Rule;
        Assert.Equal(wanted.Calendar, rule.Calendar);
        Assert.Equal(wanted.Steps, rule.Steps);
        rule = (await rules.UpdateRuleAsync(new() { Rule = new() { Name = rule.Name, Disabled = true } }, host.Auth)).Rule;
        Assert.True(rule.Disabled);
        Assert.Equal(rule, (await rules.GetRuleAsync(new() { Name = rule.Name }, host.Auth)).Rule);
        Assert.Contains(rule, (await rules.ListRulesAsync(new() { Parent = host.Parent }, host.Auth)).Rules);
        wanted.Metric = "humidity";
        await Errors.RefusedAsync(
            rules.CreateRuleAsync(new() { Parent = host.Parent, RuleId = EdgeHost.Next("r"), Rule = wanted }, host.Auth), StatusCode.InvalidArgument, "UNKNOWN_METRIC", "rule.metric");
        wanted.Metric = "temperature";
        wanted.CloseAfter = new() { Seconds = 1, Nanos = 5 };
        await Errors.RefusedAsync(
            rules.CreateRuleAsync(new() { Parent = host.Parent, RuleId = EdgeHost.Next("r"), Rule = wanted }, host.Auth), StatusCode.InvalidArgument, "OUT_OF_RANGE", "rule.close_after");
    }
}
