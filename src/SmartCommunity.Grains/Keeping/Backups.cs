using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Grains.Observing;
using SmartCommunity.Storage;
using SmartCommunity.Storage.Sqlite;

namespace SmartCommunity.Grains.Keeping;

/// <summary>How far a backup is. While the state is hashed, bytes stay at their total.</summary>
public readonly record struct BackupProgress(string Step, long DoneBytes, long TotalBytes);

/// <summary>A backup that is complete.</summary>
/// <param name="Id">Name of its folder: <c>20261123T061500.123Z-4711</c>, instant and position.</param>
public sealed record Backup(string Id, string Folder, BackupManifest Manifest);

/// <summary>
/// Makes backups of the running store, one at a time. A backup is written into a folder that ends in <c>.part</c> and gets its name when everything in it is on the disk; so what has a
/// manifest and no <c>.part</c> is whole.
/// </summary>
public sealed partial class Backups : IDisposable
{
    private const string Part = ".part";

    private readonly IStoreCopy store;
    private readonly BackupOptions options;
    private readonly TimeProvider time;
    private readonly ILogger<Backups> log;
    private readonly SemaphoreSlim one = new(1, 1);
    private readonly Meter meter = new(GrainMeters.MeterName);

    public Backups(IStoreCopy store, IOptions<BackupOptions> options, TimeProvider time, ILogger<Backups> log)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(store);
        (this.store, this.options, this.time, this.log) = (store, options.Value, time, log);
        Folder = this.options.Folder.Length > 0 ? Path.GetFullPath(this.options.Folder) : Path.Combine(store.Folder, "backups");
        meter.CreateObservableGauge("sc.backup.age_seconds", Ages, "s", "Age of the newest complete backup; no value while there is none.");
    }

    /// <summary>Where the backups lie.</summary>
    public string Folder { get; }

    public int AgeHoursMax => options.AgeHoursMax;

    [GeneratedRegex(@"^\d{8}T\d{6}\.\d{3}Z-\d+$")]
    private static partial Regex IdForm { get; }

    /// <summary>The complete backups, newest first.</summary>
    public IReadOnlyList<Backup> List() => !System.IO.Directory.Exists(Folder)
        ? []
        : [.. from folder in System.IO.Directory.GetDirectories(Folder)
              let id = Path.GetFileName(folder)
              where IdForm.IsMatch(id)
              let manifest = BackupManifest.TryRead(folder)
              where manifest is not null
              orderby manifest.TakenAt descending, manifest.Position descending
              select new Backup(id, folder, manifest)];

    /// <summary>
    /// Makes a backup. Repeated with the same request id it answers the backup that there is. Refused while another one is being made, and before it begins when the disk is too small.
    /// </summary>
    /// <exception cref="StoreUnavailableException">The disk fails on the way; nothing of the backup stays.</exception>
    public async Task<Outcome<Backup>> CreateAsync(string? requestId, Action<BackupProgress> onProgress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(onProgress);
        if (!await one.WaitAsync(TimeSpan.Zero, cancellation))
        {
            return new Refusal(RefusalCode.WrongState, string.Empty, "A backup is being made already.", "Wait for it; sc doctor shows the newest one.");
        }

        try
        {
            if (requestId is not null && List().FirstOrDefault(b => b.Manifest.RequestId == requestId) is { } made)
            {
                return made;
            }

            return PrepareFolder() is { } refusal ? refusal : await WriteAsync(requestId, onProgress, cancellation);
        }
        finally
        {
            _ = one.Release();
        }
    }

    public void Dispose()
    {
        meter.Dispose();
        one.Dispose();
    }

    /// <summary>Clears what a killed process left behind and looks whether there is room.</summary>
    private Refusal? PrepareFolder()
    {
        try
        {
            Make(Folder);
            foreach (var left in System.IO.Directory.GetDirectories(Folder, "*" + Part).Where(f => IdForm.IsMatch(Path.GetFileNameWithoutExtension(f))))
            {
                System.IO.Directory.Delete(left, recursive: true);
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            LogFolder(Folder, failure);
            return new Refusal(RefusalCode.WrongState, string.Empty, $"The backup folder '{Folder}' cannot be written.", "Make it writable for the server, or set Backup:Folder.");
        }

        var (needed, free) = (store.CopyBytes, new DriveInfo(Folder).AvailableFreeSpace);
        return free >= needed + options.FreeBytesMin
            ? null
            : new Refusal(
                RefusalCode.WrongState,
                string.Empty,
                string.Create(CultureInfo.InvariantCulture, $"The backup needs {needed:N0} bytes and {options.FreeBytesMin:N0} must stay free (Backup:FreeBytesMin), but '{Folder}' has {free:N0}."),
                "Free some space, or set Backup:Folder to a larger disk.");
    }

    private async Task<Outcome<Backup>> WriteAsync(string? requestId, Action<BackupProgress> onProgress, CancellationToken cancellation)
    {
        var taken = time.GetUtcNow();
        var stamp = taken.UtcDateTime.ToString("yyyyMMdd'T'HHmmss.fff'Z'", CultureInfo.InvariantCulture);
        var part = Path.Combine(Folder, $"{stamp}-0{Part}");
        Make(part);
        try
        {
            var file = Path.Combine(part, SqliteStoreOptions.FileName);
            await store.CopyAsync(file, options.FreeBytesMin, (done, total) => onProgress(new("copy", done, total)), cancellation);
            var bytes = new FileInfo(file).Length;
            onProgress(new("state", bytes, bytes));
            var manifest = await DescribeAsync(part, file, taken, requestId, cancellation);
            manifest.Write(part);
            var id = string.Create(CultureInfo.InvariantCulture, $"{stamp}-{manifest.Position}");
            var whole = Path.Combine(Folder, id);
            System.IO.Directory.Move(part, whole);
            LogMade(whole, manifest.Position, bytes);
            ForgetOld(id);
            return new Backup(id, whole, manifest);
        }
        catch
        {
            System.IO.Directory.Delete(part, recursive: true);
            throw;
        }
    }

    /// <summary>Read from the copy itself: what the manifest says was seen in the very file it describes.</summary>
    private static async Task<BackupManifest> DescribeAsync(string folder, string file, DateTimeOffset taken, string? requestId, CancellationToken cancellation)
    {
        IReadOnlyList<DistrictState> districts;
        StoreFigures figures;
        using (var copy = StoreFile.Open(folder))
        {
            figures = copy.Figures();
            districts = await BackupCheck.StatesAsync(copy, cancellation);
        }

        return new(
            BackupManifest.CurrentFormat,
            typeof(Backups).Assembly.GetName().Version!.ToString(3),
            figures.Schema,
            figures.Position,
            taken,
            SqliteStoreOptions.FileName,
            new FileInfo(file).Length,
            await BackupCheck.Sha256Async(file, cancellation),
            districts,
            figures.Rows,
            requestId);
    }

    /// <summary>The new one is whole, so the oldest may go; the new one itself never does.</summary>
    private void ForgetOld(string newest)
    {
        foreach (var old in List().Where(b => b.Id != newest).Skip(options.KeptMax - 1))
        {
            try
            {
                System.IO.Directory.Delete(old.Folder, recursive: true);
                LogForgotten(old.Folder);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                LogFolder(old.Folder, failure);
            }
        }
    }

    private IEnumerable<Measurement<double>> Ages() =>
        List() is [var newest, ..] ? [new((time.GetUtcNow() - newest.Manifest.TakenAt).TotalSeconds)] : [];

    private static void Make(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            System.IO.Directory.CreateDirectory(folder);
        }
        else
        {
            System.IO.Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Backup {Folder} made: position {Position}, {Bytes} bytes")]
    private partial void LogMade(string folder, long position, long bytes);

    [LoggerMessage(Level = LogLevel.Information, Message = "Old backup {Folder} deleted")]
    private partial void LogForgotten(string folder);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The backup folder {Folder} cannot be written")]
    private partial void LogFolder(string folder, Exception failure);
}
