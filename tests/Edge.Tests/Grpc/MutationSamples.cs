using Google.Protobuf;
using Xunit;

namespace SmartCommunity.Edge.Tests.Grpc;

/// <summary>One request of every mutation that a district with a little furniture takes; a new mutation gets its line here.</summary>
internal static class MutationSamples
{
    public static async Task<IReadOnlyList<(string Rpc, IMessage Request)>> MakeAsync(EdgeHost host)
    {
        var parent = host.Parent;
        var mount = await host.BuildingAsync("mount");
        var device = await host.DeviceAsync();
        var doomed = await host.DeviceAsync();
        var (first, second) = (await AlarmAsync(host, mount, "1"), await AlarmAsync(host, mount, "2"));
        var key = (await new V1.DistrictService.DistrictServiceClient(host.Channel).CreateApiKeyAsync(new() { Parent = parent, ApiKey = new() { DisplayName = "doomed" } }, host.OperatorAuth)).ApiKey;
        await new V1.VolunteerService.VolunteerServiceClient(host.Channel).CreateVolunteerAsync(new() { Parent = parent, VolunteerId = "v0", Volunteer = Sample.Volunteer() }, host.Auth);
        await new V1.OrgUnitService.OrgUnitServiceClient(host.Channel).CreateOrgUnitAsync(new() { Parent = parent, OrgUnitId = "o0", OrgUnit = Sample.OrgUnit() }, host.Auth);
        var command = (await new V1.DeviceCommandService.DeviceCommandServiceClient(host.Channel).CreateDeviceCommandAsync(
            new() { Parent = device.Name, Command = new() { CommandName = "reboot" } }, host.Auth)).Command;
        foreach (var id in new[] { "w0", "w1" })
        {
            await new V1.WebhookService.WebhookServiceClient(host.Channel).CreateWebhookAsync(new() { Parent = parent, WebhookId = id, Webhook = Silent() }, host.Auth);
        }

        var (cell, thermometer) = ($"{EdgeHost.District}001001002", $"{parent}/profiles/thermometer");
        IMessage[] requests =
        [
            new V1.CreateDistrictRequest { DistrictId = "340123", District = Sample.District() },
            new V1.UpdateDistrictRequest { District = new() { Name = parent, DisplayName = "changed" } },
            new V1.CreateApiKeyRequest { Parent = parent, ApiKey = new() { DisplayName = "made" } },
            new V1.RevokeApiKeyRequest { Name = key.Name },
            new V1.NameAreasRequest { Parent = parent, Areas = { new V1.Area { Name = $"{parent}/areas/{EdgeHost.District}002", DisplayName = "南七街道" } } },
            new V1.CreateCellRequest { Parent = parent, CellId = cell, Cell = new() { DisplayName = "made", Outline = Sample.Square(117.23, 31.83) } },
            new V1.UpdateCellRequest { Cell = new() { Name = $"{parent}/cells/{cell}", DisplayName = "changed" } },
            new V1.ImportCellsRequest { Parent = parent, Rows = { new V1.CellRow { CellId = $"{EdgeHost.District}001001003", Cell = new() { DisplayName = "imported", Outline = Sample.Square(117.26, 31.86) } } } },
            new V1.CreateBuildingRequest { Parent = parent, BuildingId = "made", Building = Sample.Building() },
            new V1.UpdateBuildingRequest { Building = new() { Name = mount, DisplayName = "changed" } },
            new V1.ImportBuildingsRequest { Parent = parent, Rows = { new V1.BuildingRow { BuildingId = "imported", Building = Sample.Building() }, new V1.BuildingRow { BuildingId = "no id", Building = Sample.Building() } } },
            new V1.CreateOrgUnitRequest { Parent = parent, OrgUnitId = "made", OrgUnit = Sample.OrgUnit() },
            new V1.UpdateOrgUnitRequest { OrgUnit = new() { Name = $"{parent}/orgUnits/o0", DisplayName = "changed" } },
            new V1.CreateVolunteerRequest { Parent = parent, VolunteerId = "made", Volunteer = Sample.Volunteer() },
            new V1.UpdateVolunteerRequest { Volunteer = new() { Name = $"{parent}/volunteers/v0", DisplayName = "changed" } },
            new V1.ImportVolunteersRequest { Parent = parent, Rows = { new V1.VolunteerRow { VolunteerId = "imported", Volunteer = Sample.Volunteer() } } },
            new V1.ReportVolunteerPresenceRequest { Name = $"{parent}/volunteers/v0", OnDuty = true },
            new V1.CreateProfileRequest { Parent = parent, ProfileId = "made", Profile = Sample.Profile() },
            new V1.UpdateProfileRequest { Profile = new() { Name = thermometer, DisplayName = "changed" } },
            new V1.CreateRuleRequest { Parent = parent, RuleId = "made", Rule = Sample.Rule(thermometer) },
            new V1.UpdateRuleRequest { Rule = new() { Name = $"{parent}/rules/r1", DisplayName = "changed" } },
            new V1.CreateDeviceRequest { Parent = parent, DeviceId = "made", Device = Sample.Device(mount) },
            new V1.UpdateDeviceRequest { Device = new() { Name = device.Name, DisplayName = "changed" } },
            new V1.ImportDevicesRequest { Parent = parent, Rows = { new V1.DeviceRow { DeviceId = "imported", Device = Sample.Device(mount) } } },
            new V1.RotateDeviceTokenRequest { Name = device.Name },
            new V1.RevokeDeviceRequest { Name = doomed.Name },
            new V1.CreateDeviceCommandRequest { Parent = device.Name, CommandId = "made", Command = new() { CommandName = "reboot" } },
            new V1.CancelDeviceCommandRequest { Name = command.Name, Note = "not now" },
            new V1.CreateWebhookRequest { Parent = parent, WebhookId = "made", Webhook = Silent() },
            new V1.UpdateWebhookRequest { Webhook = new() { Name = $"{parent}/webhooks/w0", Description = "changed" } },
            new V1.RotateWebhookSecretRequest { Name = $"{parent}/webhooks/w0" },
            new V1.ReplayWebhookRequest { Name = $"{parent}/webhooks/w0", Cursor = "0" },
            new V1.DeleteWebhookRequest { Name = $"{parent}/webhooks/w1" },
            new V1.AcknowledgeAlarmRequest { Name = first, Note = "seen" },
            new V1.CloseAlarmRequest { Name = second, Note = "done" },
        ];
        return [.. requests.Select((request, i) => (RpcOf(request), WithId(request, $"repeat-{i}")))];
    }

    private static V1.Webhook Silent() => new() { Url = "https://127.0.0.1:9/hook", Paused = true };

    private static string RpcOf(IMessage request) => Rpcs.FullName(Rpcs.All.Single(rpc => rpc.InputType.ClrType == request.GetType()));

    private static IMessage WithId(IMessage request, string id)
    {
        request.Descriptor.FindFieldByName("request_id").Accessor.SetValue(request, id);
        return request;
    }

    private static async Task<string> AlarmAsync(EdgeHost host, string mount, string number)
    {
        var profile = (await new V1.ProfileService.ProfileServiceClient(host.Channel).CreateProfileAsync(
            new() { Parent = host.Parent, ProfileId = $"p{number}", Profile = Sample.Profile() }, host.Auth)).Profile.Name;
        await new V1.RuleService.RuleServiceClient(host.Channel).CreateRuleAsync(new() { Parent = host.Parent, RuleId = $"r{number}", Rule = Sample.Rule(profile) }, host.Auth);
        var device = (await new V1.DeviceService.DeviceServiceClient(host.Channel).CreateDeviceAsync(
            new() { Parent = host.Parent, DeviceId = $"hot{number}", Device = Sample.Device(mount, profile) }, host.Auth)).Device;
        await host.SendAsync(device, DateTimeOffset.UtcNow.AddMinutes(-1), 90, "hot");
        var listed = await new V1.AlarmService.AlarmServiceClient(host.Channel).ListAlarmsAsync(new() { Parent = host.Parent, Status = V1.AlarmStatus.Open }, host.Auth);
        return Assert.Single(listed.Alarms, alarm => alarm.Device == device.Name).Name;
    }
}
