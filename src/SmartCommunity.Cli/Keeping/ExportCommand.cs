using System.CommandLine;
using System.Globalization;
using SmartCommunity.Cli.Connections;

namespace SmartCommunity.Cli.Keeping;

/// <summary><c>sc export DISTRICT --to FILE</c>: everything a district owns, read from a data folder or backup of this machine.</summary>
internal static class ExportCommand
{
    public static Command Build(Shell shell)
    {
        var district = new Argument<string>("DISTRICT") { Description = "Code of the district" };
        var to = new Option<string>("--to") { Description = "A new file", HelpName = "FILE", Required = true };
        var data = new Option<string?>("--data") { Description = "Data folder of this machine, its server running or not, or a backup; otherwise that of demo.env, else data", HelpName = "FOLDER" };
        var command = new Command("export", "Writes a district with all records and readings into a file, as of one moment") { district, to, data };
        return shell.Runs(command, async (session, parsed, cancellation) =>
        {
            var folder = parsed.GetValue(data) is { } named ? session.PathOf(named) : session.Settings.DataFolder ?? session.PathOf("data");
            var file = session.PathOf(parsed.GetValue(to)!);
            var report = await HostProgram.RunAsync(
                session.Around, ["export", parsed.GetValue(district)!, folder, file], step => session.Results.Remark($"export: {step}"), cancellation);
            session.Results.Document(report.DeepClone());
            session.Results.Line(string.Create(
                CultureInfo.InvariantCulture,
                $"{file}: {(long)report["lines"]!:N0} lines, {(long)report["readings"]!:N0} readings, {(long)report["bytes"]!:N0} bytes, as of position {(long)report["position"]!}"));
            session.Results.Line($"{(string?)report["district"]} {(string?)report["stateHash"]}");
            session.Results.Line($"next: sc import district {file} --data FOLDER_OF_A_STOPPED_SERVER");
            return ExitCode.Ok;
        });
    }
}
