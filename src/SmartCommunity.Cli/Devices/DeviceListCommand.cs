using System.CommandLine;
using SmartCommunity.Cli.Looking;

namespace SmartCommunity.Cli.Devices;

/// <summary><c>sc device list [--area CODE] [--mount M]</c>.</summary>
internal static class DeviceListCommand
{
    public static Command Build(Shell shell)
    {
        var area = Listing.AreaOption();
        var mount = new Option<string?>("--mount") { Description = "Only on buildings/ID or cells/CODE", HelpName = "MOUNT" };
        var limit = Listing.LimitOption();
        return shell.Runs(new Command("list", "Lists devices") { area, mount, limit }, async (session, parsed, cancellation) =>
        {
            var server = session.Server;
            var on = parsed.GetValue(mount) is { } text ? $"{server.District}/{text}" : "";
            var devices = await Listing.AllAsync(
                parsed.GetValue(limit),
                async (size, token) =>
                {
                    var page = await server.CallAsync(
                        o => server.Devices.ListDevicesAsync(
                            new() { Parent = server.District, PageSize = size, PageToken = token, Area = parsed.GetValue(area) ?? "", Mount = on },
                            o),
                        cancellation);
                    return (page.Devices, page.NextPageToken);
                });
            Listing.Show(
                session.Results,
                "devices",
                devices,
                ["DEVICE", "NAME", "PROFILE", "MOUNT", "AREA", "STATE"],
                d => [Listing.Id(d.Name), d.DisplayName, Listing.Id(d.Profile), Listing.Below(d.Mount), d.Area, d.Revoked ? "revoked" : "active"]);
            return ExitCode.Ok;
        });
    }
}
