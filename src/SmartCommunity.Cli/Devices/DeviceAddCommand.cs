using System.CommandLine;
using SmartCommunity.V1;

namespace SmartCommunity.Cli.Devices;

/// <summary><c>sc device add ID --profile P --mount buildings/B</c>: prints the token or password once and one ready line to publish with.</summary>
internal static class DeviceAddCommand
{
    public static Command Build(Shell shell)
    {
        var id = new Argument<string>("ID") { Description = "1 to 64 of A-Z a-z 0-9 . _ -" };
        var profile = new Option<string>("--profile") { Description = "Its kind", HelpName = "PROFILE", Required = true };
        var mount = new Option<string>("--mount") { Description = "buildings/ID or cells/CODE", HelpName = "MOUNT", Required = true };
        var name = new Option<string?>("--name") { Description = "Name for people; the id when left out", HelpName = "TEXT" };
        var user = new Option<string?>("--username") { Description = "Give it a user name and a password instead of a token", HelpName = "NAME" };
        var password = new Option<string?>("--password") { Description = "The password, 12 characters or more; made when left out", HelpName = "TEXT" };
        return shell.Runs(new Command("add", "Registers a device and prints its token once") { id, profile, mount, name, user, password }, async (session, parsed, cancellation) =>
        {
            var server = session.Server;
            var request = new CreateDeviceRequest
            {
                Parent = server.District,
                DeviceId = parsed.GetValue(id),
                Username = parsed.GetValue(user) ?? "",
                Password = parsed.GetValue(password) ?? "",
                RequestId = Guid.NewGuid().ToString("n"),
                Device = new()
                {
                    DisplayName = parsed.GetValue(name) ?? parsed.GetValue(id),
                    Profile = $"{server.District}/profiles/{parsed.GetValue(profile)}",
                    Mount = $"{server.District}/{parsed.GetValue(mount)}",
                },
            };
            var answer = await server.CallAsync(o => server.Devices.CreateDeviceAsync(request, o), cancellation);
            await DeviceSecret.ShowAsync(session, answer.Device, answer.Token, answer.Password, cancellation);
            return ExitCode.Ok;
        });
    }
}
