using System.CommandLine;

namespace SmartCommunity.Cli.Devices;

/// <summary><c>sc device rotate ID</c>: a new token; the old one is refused from now on.</summary>
internal static class DeviceRotateCommand
{
    public static Command Build(Shell shell)
    {
        var id = new Argument<string>("ID") { Description = "The device" };
        return shell.Runs(new Command("rotate", "Replaces a device's token or password and prints the new one once") { id }, async (session, parsed, cancellation) =>
        {
            var server = session.Server;
            var answer = await server.CallAsync(
                o => server.Devices.RotateDeviceTokenAsync(new() { Name = server.DeviceName(parsed.GetValue(id)!), RequestId = Guid.NewGuid().ToString("n") }, o),
                cancellation);
            await DeviceSecret.ShowAsync(session, answer.Device, answer.Token, answer.Password, cancellation);
            return ExitCode.Ok;
        });
    }
}
