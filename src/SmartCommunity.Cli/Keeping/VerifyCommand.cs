using System.CommandLine;
using SmartCommunity.Cli.Connections;

namespace SmartCommunity.Cli.Keeping;

/// <summary><c>sc verify PATH</c>: is a backup, or the data folder of a stopped server, sound.</summary>
internal static class VerifyCommand
{
    public static Command Build(Shell shell)
    {
        var path = new Argument<string>("PATH") { Description = "Folder of a backup, or data folder of a stopped server" };
        return shell.Runs(new Command("verify", "Checks a backup or a data folder at rest: bytes, integrity, sequences, counters, state hashes") { path }, async (session, parsed, cancellation) =>
        {
            var folder = session.PathOf(parsed.GetValue(path)!);
            var report = await HostProgram.RunAsync(session.Around, ["check-store", folder], step => session.Results.Remark($"verify: {step}"), cancellation);
            return StoreReport.Show(
                session,
                report,
                report["manifest"] is null ? "The store is sound." : "The backup is sound: it holds what its manifest says.",
                report["manifest"] is null ? "start the server on it" : $"sc restore {parsed.GetValue(path)} --to NEW_FOLDER");
        });
    }
}
