using System.CommandLine;
using SmartCommunity.Cli.Connections;
using SmartCommunity.Cli.Files;
using SmartCommunity.Cli.Keeping;

namespace SmartCommunity.Cli.Importing;

/// <summary><c>sc import cells|buildings|volunteers|devices FILE</c>; a whole district goes another way, <see cref="DistrictImportCommand"/>.</summary>
internal static class ImportCommand
{
    public static Command Build(Shell shell)
    {
        var import = new Command("import", "Takes a file into the district: all of it, or nothing (or --partial). Taking it again changes nothing");
        import.Subcommands.Add(Kind(shell, "cells", "Grid cells: GeoJSON polygons with the properties code and name", (path, _, server) => CellImport.Plan(path, server)));
        import.Subcommands.Add(Kind(shell, "buildings", "Buildings: CSV or XLSX with id,name,lon,lat[,address,storeys,households,captain]", BuildingImport.Plan));
        import.Subcommands.Add(Kind(shell, "volunteers", "Volunteers: CSV or XLSX with id,name,area[,phone,skills,party_member]", VolunteerImport.Plan));
        import.Subcommands.Add(Kind(shell, "devices", "Devices: CSV or XLSX with id,profile,mount[,name,gateway,token,username,password]; new credentials go to --credentials-out", DeviceImport.Plan));
        import.Subcommands.Add(DistrictImportCommand.Build(shell));
        return import;
    }

    private static Command Kind(Shell shell, string name, string description, Func<string, TableForm, Server, ImportPlan> plan)
    {
        var file = new Argument<string>("FILE") { Description = "The file" };
        var dryRun = new Option<bool>("--dry-run") { Description = "Check every row with the server, change nothing" };
        var partial = new Option<bool>("--partial") { Description = "Take the good rows although others are refused; these are listed" };
        var errors = new Option<string?>("--errors-out") { Description = "Write the refused rows and how to mend them as CSV", HelpName = "FILE" };
        var command = new Command(name, description) { file, dryRun, partial, errors };
        var encoding = new Option<string>("--encoding") { Description = "Of a CSV file: utf-8 or gb18030 (GBK is part of it)", DefaultValueFactory = _ => "utf-8" };
        encoding.AcceptOnlyFromAmong("utf-8", "gb18030");
        var sheet = new Option<string?>("--sheet") { Description = "Sheet of a workbook; its first one when left out", HelpName = "NAME" };
        if (name != "cells")
        {
            command.Options.Add(encoding);
            command.Options.Add(sheet);
        }

        var credentials = new Option<string?>("--credentials-out") { Description = "New file for the credentials that are new (mode 0600)", HelpName = "FILE" };
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

            var form = name == "cells"
                ? TableForm.Plain
                : new(parsed.GetValue(encoding) == "gb18030" ? TextEncoding.Gb18030 : TextEncoding.Utf8, parsed.GetValue(sheet), ColumnNames.Chinese);
            var choices = new ImportChoices(
                parsed.GetValue(dryRun), parsed.GetValue(partial), target, parsed.GetValue(errors) is { } list ? session.PathOf(list) : null);
            return await new ImportRun(session, plan(session.PathOf(parsed.GetValue(file)!), form, session.Server), choices).RunAsync(cancellation);
        });
    }
}
