using System.CommandLine;
using SmartCommunity.Cli.Connections;

namespace SmartCommunity.Cli.Importing;

/// <summary><c>sc import cells|buildings|volunteers|devices FILE</c>.</summary>
internal static class ImportCommand
{
    public static Command Build(Shell shell)
    {
        var import = new Command("import", "Takes a file into the district: all of it, or nothing. Taking it again changes nothing");
        import.Subcommands.Add(Kind(shell, "cells", "Grid cells: GeoJSON polygons with the properties code and name", CellImport.Plan));
        import.Subcommands.Add(Kind(shell, "buildings", "Buildings: CSV with id,name,lon,lat[,address,storeys,households,captain]", BuildingImport.Plan));
        import.Subcommands.Add(Kind(shell, "volunteers", "Volunteers: CSV with id,name,area[,phone,skills,party_member]", VolunteerImport.Plan));
        import.Subcommands.Add(Kind(shell, "devices", "Devices: CSV with id,profile,mount[,name]; tokens go to --credentials-out", DeviceImport.Plan));
        return import;
    }

    private static Command Kind(Shell shell, string name, string description, Func<string, Server, ImportPlan> plan)
    {
        var file = new Argument<string>("FILE") { Description = "The file, UTF-8" };
        var dryRun = new Option<bool>("--dry-run") { Description = "Check every row with the server, change nothing" };
        var command = new Command(name, description) { file, dryRun };
        var credentials = new Option<string?>("--credentials-out") { Description = "New file for the tokens of new devices (mode 0600)", HelpName = "FILE" };
        if (name == "devices")
        {
            command.Options.Add(credentials);
        }

        return shell.Runs(command, async (session, parsed, cancellation) =>
        {
            var path = name == "devices" ? parsed.GetValue(credentials) : null;
            var target = path is null ? null : session.PathOf(path);
            if (target is not null && File.Exists(target))
            {
                throw CliFailure.Usage($"{target} exists.", "Name a new file: tokens are never written over others.");
            }

            var import = new ImportRun(session, plan(session.PathOf(parsed.GetValue(file)!), session.Server), parsed.GetValue(dryRun), target);
            return await import.RunAsync(cancellation);
        });
    }
}
