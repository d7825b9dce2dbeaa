using System.CommandLine;
using SmartCommunity.Cli.Output;

namespace SmartCommunity.Cli.Looking;

/// <summary><c>sc alarms close ALARM [--note TEXT]</c>.</summary>
internal static class AlarmCloseCommand
{
    public static Command Build(Shell shell)
    {
        var id = new Argument<string>("ALARM") { Description = "The alarm's id, from sc alarms list" };
        var note = new Option<string?>("--note") { Description = "A remark that is kept", HelpName = "TEXT" };
        return shell.Runs(new Command("close", "Closes an alarm") { id, note }, async (session, parsed, cancellation) =>
        {
            var server = session.Server;
            var answer = await server.CallAsync(
                o => server.Alarms.CloseAlarmAsync(
                    new() { Name = $"{server.District}/alarms/{parsed.GetValue(id)}", Note = parsed.GetValue(note) ?? "", RequestId = Guid.NewGuid().ToString("n") },
                    o),
                cancellation);
            session.Results.Document(Results.ToJson(answer.Alarm));
            session.Results.Line($"{answer.Alarm.Name} is closed");
            return ExitCode.Ok;
        });
    }
}
