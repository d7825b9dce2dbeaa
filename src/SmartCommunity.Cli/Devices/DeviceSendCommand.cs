using System.CommandLine;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using SmartCommunity.Cli.Looking;
using SmartCommunity.Cli.Output;
using SmartCommunity.Cli.Watching;
using SmartCommunity.V1;
using Spectre.Console;

namespace SmartCommunity.Cli.Devices;

/// <summary><c>sc device send DEVICE NAME [--body JSON] [--ttl 60] [--wait]</c>: issues a command; with <c>--wait</c> its end decides the exit code.</summary>
internal static class DeviceSendCommand
{
    private const int TtlSecondsDefault = 60;
    private const int TtlSecondsMax = 7 * 24 * 3600;

    public static Command Build(Shell shell)
    {
        var id = new Argument<string>("DEVICE") { Description = "The device" };
        var name = new Argument<string>("NAME") { Description = "What it shall do" };
        var body = new Option<string?>("--body") { Description = "What it needs to know for it: a JSON object", HelpName = "JSON" };
        var ttl = Listing.Whole("--ttl", "Seconds until it ends unanswered", TtlSecondsDefault, 1, TtlSecondsMax);
        var wait = new Option<bool>("--wait") { Description = "Wait for its end: exit code 0 answered, 1 cancelled or undeliverable, 3 expired" };
        return shell.Runs(new Command("send", "Sends a command to a device; an offline one gets it when it returns") { id, name, body, ttl, wait }, async (session, parsed, cancellation) =>
        {
            var request = new CreateDeviceCommandRequest
            {
                Parent = session.Server.DeviceName(parsed.GetValue(id)!),
                RequestId = Guid.NewGuid().ToString("n"),
                Command = new() { CommandName = parsed.GetValue(name), Body = BodyOf(parsed.GetValue(body)), Ttl = new() { Seconds = parsed.GetValue(ttl) } },
            };
            if (!parsed.GetValue(wait))
            {
                Show(session, await IssueAsync(session, request, cancellation));
                return ExitCode.Ok;
            }

            var ended = await WithSpinnerAsync(session.Around, $"waiting for {parsed.GetValue(id)}", () => IssueAndWaitAsync(session, request, cancellation));
            Show(session, ended);
            return CommandText.ExitCodeOf(ended.State);
        });
    }

    private static Struct BodyOf(string? text)
    {
        try
        {
            return Struct.Parser.ParseJson(text ?? "{}");
        }
        catch (Exception broken) when (broken is InvalidJsonException or InvalidProtocolBufferException)
        {
            throw CliFailure.Usage("--body is no JSON object.", "Write it like --body '{\"seconds\":30}'.");
        }
    }

    private static async Task<DeviceCommand> IssueAsync(Session session, CreateDeviceCommandRequest request, CancellationToken cancellation) =>
        (await session.Server.CallAsync(o => session.Server.Commands.CreateDeviceCommandAsync(request, o), cancellation)).Command;

    /// <summary>Watches from before the command exists, so that its end is not missed however fast it comes.</summary>
    private static async Task<DeviceCommand> IssueAndWaitAsync(Session session, CreateDeviceCommandRequest request, CancellationToken cancellation)
    {
        var server = session.Server;
        DeviceCommand? issued = null;
        var lost = Losses.Tell(session.Results, "the server went away; the command is kept");
        await foreach (var response in server.Client.WatchBatchesAsync("", [EventKind.Command], "", lost, cancellation))
        {
            issued ??= await IssueAsync(session, request, cancellation);
            if (response.Events.Any(e => e.Command?.Command == issued.Name && CommandText.HasEnded(e.Command.State)))
            {
                return (await server.CallAsync(o => server.Commands.GetDeviceCommandAsync(new() { Name = issued.Name }, o), cancellation)).Command;
            }
        }

        throw CliFailure.Unavailable("The server ended the watch.", "Look with: sc device commands.");
    }

    private static void Show(Session session, DeviceCommand command)
    {
        session.Results.Document(Results.ToJson(command));
        session.Results.Line(CommandText.Line(command), command.State is CommandState.Answered or CommandState.Issued ? "green" : "fuchsia");
    }

    private static Task<T> WithSpinnerAsync<T>(Surroundings around, string title, Func<Task<T>> work) => around.ErrorIsTerminal
        ? AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(around.Error) }).Status().StartAsync(Markup.Escape(title), _ => work())
        : work();
}
