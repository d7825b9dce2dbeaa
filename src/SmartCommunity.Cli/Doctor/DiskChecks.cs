using System.Diagnostics;
using System.Globalization;

namespace SmartCommunity.Cli.Doctor;

/// <summary>Looks at the disk under the data folder and at the limits of the machine.</summary>
internal static class DiskChecks
{
    private const long FreeBytesFault = 256L << 20;
    private const long FreeBytesWarning = 2L << 30;
    private const double WriteMsWarning = 20;
    private const double WriteMsFault = 100;
    private const int Writes = 9;
    private const int WriteBytes = 4_096;
    private const long InodesWarning = 10_000;
    private const long OpenFilesFault = 1_024;
    private const long OpenFilesWarning = 24_000;

    public static async Task<IEnumerable<Finding>> RunAsync(Patient patient, CancellationToken cancellation) =>
        [Free(patient.Folder), Write(patient.Folder), await InodesAsync(patient.Folder, cancellation), OpenFiles()];

    private static Finding Free(string folder)
    {
        var drive = new DriveInfo(folder);
        var (free, total) = (drive.AvailableFreeSpace, drive.TotalSize);
        var grade = free < FreeBytesFault ? Grade.Fault : free < FreeBytesWarning ? Grade.Warning : Grade.Good;
        return new("disk-space", grade, new("disk.free", free >> 20, total >> 20, folder), grade == Grade.Good ? null : new("disk.look", folder), free);
    }

    /// <summary>How long it takes until a page is really on the disk: what every commit waits for.</summary>
    private static Finding Write(string folder)
    {
        var path = Path.Combine(folder, $".doctor-{Guid.NewGuid():n}.tmp");
        try
        {
            var times = new List<double>();
            using (var file = new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0, Options = FileOptions.DeleteOnClose }))
            {
                for (var i = 0; i < Writes; i++)
                {
                    var began = Stopwatch.GetTimestamp();
                    file.Write(new byte[WriteBytes]);
                    file.Flush(flushToDisk: true);
                    times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
                }
            }

            times.Sort();
            var (median, slowest) = (Math.Round(times[Writes / 2], 1), Math.Round(times[^1], 1));
            var grade = median > WriteMsFault ? Grade.Fault : median > WriteMsWarning ? Grade.Warning : Grade.Good;
            return new("disk-write", grade, new("disk.write", median, slowest, folder), grade == Grade.Good ? null : new("disk.faster"), median);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return new("disk-write", Grade.Fault, new("disk.unwritable", folder), new("disk.own", folder));
        }
    }

    private static async Task<Finding> InodesAsync(string folder, CancellationToken cancellation)
    {
        var line = await Tool.FirstLineAsync("stat", ["-f", "-c", "%c %d", folder], cancellation);
        var parts = line?.Split(' ') ?? [];
        if (parts.Length != 2 || !long.TryParse(parts[0], CultureInfo.InvariantCulture, out var total) || !long.TryParse(parts[1], CultureInfo.InvariantCulture, out var free) || total == 0)
        {
            return new("inodes", Grade.Skipped, new("inodes.unknown"));
        }

        var few = free < InodesWarning;
        return new("inodes", few ? Grade.Warning : Grade.Good, new("inodes.free", free), few ? new("disk.look", $"-i {folder}") : null, free);
    }

    private static Finding OpenFiles()
    {
        const string Limits = "/proc/self/limits";
        var line = File.Exists(Limits) ? File.ReadLines(Limits).FirstOrDefault(l => l.StartsWith("Max open files", StringComparison.Ordinal)) : null;
        var words = line?["Max open files".Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
        if (words.Length == 0)
        {
            return new("open-files", Grade.Skipped, new("files.unknown"));
        }

        var limit = words[0] == "unlimited" ? long.MaxValue : long.Parse(words[0], CultureInfo.InvariantCulture);
        var grade = limit < OpenFilesFault ? Grade.Fault : limit < OpenFilesWarning ? Grade.Warning : Grade.Good;
        return new("open-files", grade, new("files.limit", limit), grade == Grade.Good ? null : new("files.raise"), limit);
    }
}
