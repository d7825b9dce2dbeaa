using System.CommandLine;
using SmartCommunity.Cli.Output;

namespace SmartCommunity.Cli.Devices;

/// <summary><c>sc device revoke ID</c>: the token is refused from now on and the live connection is closed.</summary>
internal static class DeviceRevokeCommand
{
    public static Command Build(Shell shell)
    {
        var id = new Argument<string>("ID") { Description = "The device" };
        return shell.Runs(new Command("revoke", "Ends a device: its token is refused from now on") { id }, async (session, parsed, cancellation) =>
        {
            var server = session.Server;
            var answer = await server.CallAsync(
                o => server.Devices.RevokeDeviceAsync(new() { Name = server.DeviceName(parsed.GetValue(id)!), RequestId = Guid.NewGuid().ToString("n") }, o),
                cancellation);
            session.Results.Document(Results.ToJson(answer.Device));
            session.Results.Line($"{answer.Device.Name} is revoked; its connection is closed within seconds");
            return ExitCode.Ok;
        });
    }
}
