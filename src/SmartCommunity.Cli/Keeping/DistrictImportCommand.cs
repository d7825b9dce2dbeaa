using System.CommandLine;
using SmartCommunity.Cli.Connections;

namespace SmartCommunity.Cli.Keeping;

/// <summary><c>sc import district FILE --data FOLDER</c>: into the data folder of a stopped server, or a new one.</summary>
internal static class DistrictImportCommand
{
    public static Command Build(Shell shell)
    {
        var file = new Argument<string>("FILE") { Description = "What sc export wrote" };
        var data = new Option<string>("--data") { Description = "Data folder of a stopped server, or a new folder", HelpName = "FOLDER", Required = true };
        return shell.Runs(new Command("district", "A whole district: all of it, or nothing; other districts stay as they are") { file, data }, async (session, parsed, cancellation) =>
        {
            var (from, folder) = (session.PathOf(parsed.GetValue(file)!), session.PathOf(parsed.GetValue(data)!));
            var report = await HostProgram.RunAsync(session.Around, ["import-district", from, folder], step => session.Results.Remark($"import: {step}"), cancellation);
            session.Results.Document(report.DeepClone());
            session.Results.Line($"{(string?)report["district"]} {(string?)report["stateHash"]}");
            session.Results.Line((bool)report["changed"]! ? $"✓ The district is in {folder}." : "✓ The district is there already, with the same state: nothing changed.", "green");
            session.Results.Line($"next: ./dev run --Store:Folder={folder} --Demo:Enabled=false");
            return ExitCode.Ok;
        });
    }
}
