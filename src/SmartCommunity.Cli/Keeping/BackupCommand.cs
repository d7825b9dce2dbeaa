using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using Grpc.Core;
using SmartCommunity.Cli.Looking;
using SmartCommunity.Cli.Output;
using SmartCommunity.V1;

namespace SmartCommunity.Cli.Keeping;

/// <summary><c>sc backup [--to FOLDER]</c>: the server makes a backup while it works; <c>sc backup list</c> shows what there is.</summary>
internal static class BackupCommand
{
    private const string StoreFile = "smartcommunity.db";
    private static readonly string[] Files = [StoreFile, "manifest.json"];

    public static Command Build(Shell shell)
    {
        var to = new Option<string?>("--to") { Description = "Copies the backup into a folder of this machine, which must be the server's", HelpName = "FOLDER" };
        var command = new Command("backup", "Makes a backup of the whole store while the server runs; needs the operator key") { to };
        command.Subcommands.Add(BuildList(shell));
        return shell.Runs(command, async (session, parsed, cancellation) =>
        {
            var target = parsed.GetValue(to) is { } folder ? session.PathOf(folder) : null;
            var backup = await ProgressDisplay.RunAsync(session.Around, "backup", 0, progress => MakeAsync(session, progress, cancellation));
            var copied = target is null ? null : await CopyAsync(backup, target, cancellation);
            session.Results.Document(Results.ToJson(backup));
            session.Results.Line(string.Create(
                CultureInfo.InvariantCulture, $"backup {Listing.Id(backup.Name)}: {backup.SizeBytes:N0} bytes, everything up to position {backup.Position}"));
            session.Results.Line($"folder {copied ?? backup.Folder}");
            foreach (var district in backup.Districts)
            {
                session.Results.Line($"{district.DistrictId} {district.StateHash}");
            }

            session.Results.Line($"next: sc verify {copied ?? backup.Folder}");
            return ExitCode.Ok;
        });
    }

    private static Command BuildList(Shell shell) => shell.Runs(new Command("list", "Lists the complete backups, newest first"), async (session, _, cancellation) =>
    {
        var server = session.Operator;
        var backups = await Listing.AllAsync(
            Listing.RowsDefault,
            async (size, token) =>
            {
                var page = await server.CallAsync(o => server.Backups.ListBackupsAsync(new() { PageSize = size, PageToken = token }, o), cancellation);
                return (page.Backups, page.NextPageToken);
            });
        Listing.Show(
            session.Results,
            "backups",
            backups,
            ["BACKUP", "TAKEN", "POSITION", "BYTES", "FOLDER"],
            b => [Listing.Id(b.Name), Listing.Instant(b.CreateTime), Number(b.Position), Number(b.SizeBytes), b.Folder]);
        return ExitCode.Ok;
    });

    private static async Task<Backup> MakeAsync(Session session, Progress progress, CancellationToken cancellation)
    {
        using var call = session.Operator.Backups.CreateBackup(new() { RequestId = Guid.NewGuid().ToString("n") }, cancellationToken: cancellation);
        Backup? made = null;
        await foreach (var step in call.ResponseStream.ReadAllAsync(cancellation))
        {
            progress.Set(step.DoneBytes, step.TotalBytes);
            made = step.Backup ?? made;
        }

        return made ?? throw CliFailure.Unavailable("The server ended the backup without a result.", "Repeat it.");
    }

    /// <summary>Answers the folder of the copy, whose bytes were compared with the manifest's hash.</summary>
    private static async Task<string> CopyAsync(Backup backup, string target, CancellationToken cancellation)
    {
        if (!File.Exists(Path.Combine(backup.Folder, StoreFile)))
        {
            throw CliFailure.Refused($"The backup is made, but its folder {backup.Folder} cannot be seen from here.", "Copy it from the server's machine, for example with scp, then sc verify it.");
        }

        var folder = Path.Combine(target, Listing.Id(backup.Name));
        if (Directory.Exists(folder))
        {
            throw CliFailure.Refused($"{folder} exists already; nothing is written over.", "Give another --to.");
        }

        try
        {
            Directory.CreateDirectory(folder);
            foreach (var file in Files)
            {
                await PrivateFile.CopyAsync(Path.Combine(backup.Folder, file), Path.Combine(folder, file), cancellation);
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw CliFailure.Refused($"The backup is made in {backup.Folder}, but {folder} cannot be written.", "Check the folder and its disk, or give another --to.");
        }

        await using var stream = File.OpenRead(Path.Combine(folder, StoreFile));
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellation)) == backup.Sha256
            ? folder
            : throw CliFailure.Refused($"The copy in {folder} differs from the backup.", "Check the disk, and copy again from " + backup.Folder + ".");
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
