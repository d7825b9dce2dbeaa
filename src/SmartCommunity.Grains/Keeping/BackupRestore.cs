using SmartCommunity.Storage;
using SmartCommunity.Storage.Sqlite;

namespace SmartCommunity.Grains.Keeping;

/// <summary>Puts a backup into an empty folder, from which the product can then be started.</summary>
public static class BackupRestore
{
    private const int BlockBytes = 1 << 20;

    /// <summary>
    /// Checks the backup, copies it and checks the copy. The folder is made when it is missing; a folder that holds anything is left as it is. When anything is wrong nothing stays in it.
    /// </summary>
    /// <exception cref="StoreUnavailableException">The folder is not empty, or the disk is too small or fails; the message says what to do.</exception>
    /// <returns>The report on the backup when it is not sound, else that on the restored folder.</returns>
    public static async Task<CheckReport> RunAsync(string backup, string folder, Action<string> onStep, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(onStep);
        RequireEmpty(folder);
        var before = await BackupCheck.RunAsync(backup, step => onStep($"backup: {step}"), cancellation);
        if (!before.IsSound)
        {
            return before;
        }

        if (before.Manifest is null)
        {
            throw new StoreUnavailableException($"'{backup}' holds a store, but no {BackupManifest.FileName}: it is no backup.");
        }

        onStep("copy");
        var isNew = !System.IO.Directory.Exists(folder);
        try
        {
            await CopyAsync(backup, folder, before.Manifest.Bytes, cancellation);
            var after = await BackupCheck.RunAsync(folder, step => onStep($"restored: {step}"), cancellation);
            var faults = after.Faults.Concat(Differences(before, after)).ToArray();
            if (faults.Length > 0)
            {
                Undo(folder, isNew);
            }

            return after with { Manifest = before.Manifest, Faults = faults };
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            Undo(folder, isNew);
            throw new StoreUnavailableException($"'{folder}' cannot be written: check the folder and its disk.", failure);
        }
        catch
        {
            Undo(folder, isNew);
            throw;
        }
    }

    private static void RequireEmpty(string folder)
    {
        if (File.Exists(folder) || (System.IO.Directory.Exists(folder) && System.IO.Directory.EnumerateFileSystemEntries(folder).Any()))
        {
            throw new StoreUnavailableException($"'{folder}' is not empty: give an empty or new folder; a restore never writes over anything.");
        }
    }

    private static async Task CopyAsync(string backup, string folder, long bytes, CancellationToken cancellation)
    {
        if (OperatingSystem.IsWindows())
        {
            System.IO.Directory.CreateDirectory(folder);
        }
        else
        {
            System.IO.Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        if (new DriveInfo(Path.GetFullPath(folder)).AvailableFreeSpace is var free && free < bytes)
        {
            throw new StoreUnavailableException($"The backup has {bytes:N0} bytes, but '{folder}' has {free:N0} free: free some space, or choose another folder.");
        }

        var create = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.Asynchronous };
        if (!OperatingSystem.IsWindows())
        {
            create.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        await using var from = File.OpenRead(Path.Combine(backup, SqliteStoreOptions.FileName));
        await using var to = new FileStream(Path.Combine(folder, SqliteStoreOptions.FileName), create);
        await from.CopyToAsync(to, BlockBytes, cancellation);
        to.Flush(flushToDisk: true);
    }

    private static IEnumerable<StoreFault> Differences(CheckReport before, CheckReport after) =>
        from district in before.Districts
        let restored = after.Districts.FirstOrDefault(d => d.District == district.District)?.Hash
        where restored != district.Hash
        select new StoreFault("state", $"District {district.District} has the state hash {restored ?? "nothing"} after the restore; the backup has {district.Hash}.");

    private static void Undo(string folder, bool isNew)
    {
        File.Delete(Path.Combine(folder, SqliteStoreOptions.FileName));
        if (isNew && System.IO.Directory.Exists(folder) && !System.IO.Directory.EnumerateFileSystemEntries(folder).Any())
        {
            System.IO.Directory.Delete(folder);
        }
    }
}
