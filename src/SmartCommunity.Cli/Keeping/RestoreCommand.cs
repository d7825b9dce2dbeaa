using System.CommandLine;
using SmartCommunity.Cli.Connections;

namespace SmartCommunity.Cli.Keeping;

/// <summary><c>sc restore BACKUP --to FOLDER</c>: into an empty folder only.</summary>
internal static class RestoreCommand
{
    public static Command Build(Shell shell)
    {
        var backup = new Argument<string>("BACKUP") { Description = "Folder of a backup" };
        var to = new Option<string>("--to") { Description = "An empty or new folder", HelpName = "FOLDER", Required = true };
        return shell.Runs(new Command("restore", "Puts a backup into an empty folder; checked before and after") { backup, to }, async (session, parsed, cancellation) =>
        {
            var (from, folder) = (session.PathOf(parsed.GetValue(backup)!), session.PathOf(parsed.GetValue(to)!));
            var report = await HostProgram.RunAsync(session.Around, ["restore", from, folder], step => session.Results.Remark($"restore: {step}"), cancellation);
            return StoreReport.Show(session, report, $"Restored into {folder}.", $"./dev run --Store:Folder={folder} --Demo:Enabled=false");
        });
    }
}
