using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace SmartCommunity.Cli.Doctor;

/// <summary>Looks at the files of the data folder: who may read them, who holds them, which schema, how old the newest backup is.</summary>
internal static class FolderChecks
{
    private const string DatabaseName = "smartcommunity.db";
    private const string LockName = "smartcommunity.lock";
    private const int HeaderBytes = 100;
    private const int HeaderSchemaAt = 60;
    private const int BackupAgeHoursMax = 24;
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    public static IEnumerable<Finding> Run(Patient patient) =>
        [.. Private(patient.Folder), Lock(patient), .. Schema(patient), Backup(patient)];

    private static IEnumerable<Finding> Private(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            yield break;
        }

        // A folder closed to others protects its files; keys in clear text must not lean on that alone.
        var folderMode = File.GetUnixFileMode(folder);
        var closed = (folderMode & Others) == 0 || (folderMode & (UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) == 0;
        yield return closed ? Good(folder) : Open(folder, folderMode, "700", Grade.Warning);
        foreach (var (name, grade) in new[] { ("demo.env", Grade.Fault), (DatabaseName, closed ? Grade.Good : Grade.Warning) })
        {
            var path = Path.Combine(folder, name);
            if (File.Exists(path))
            {
                var mode = File.GetUnixFileMode(path);
                yield return (mode & Others) == 0 || grade == Grade.Good ? Good(path) : Open(path, mode, "600", grade);
            }
        }

        static Finding Good(string path) => new("private", Grade.Good, new("private.good", path));

        static Finding Open(string path, UnixFileMode mode, string wanted, Grade grade) =>
            new("private", grade, new("private.open", path, Convert.ToString((int)mode, 8)), new("private.close", wanted, path));
    }

    private static Finding Lock(Patient patient)
    {
        var path = Path.Combine(patient.Folder, LockName);
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.None, bufferSize: 0);
            var mark = new byte[16];
            var isClosed = !Encoding.ASCII.GetString(mark, 0, file.ReadAtLeast(mark, mark.Length, throwOnEndOfStream: false)).StartsWith("in use", StringComparison.Ordinal);
            return new("lock", Grade.Good, new(isClosed ? "lock.closed" : "lock.open"));
        }
        catch (FileNotFoundException)
        {
            return new("lock", Grade.Good, new("lock.closed"));
        }
        catch (IOException)
        {
            return patient.IsUp || patient.StatusFault == "no-key"
                ? new("lock", Grade.Good, new("lock.held"))
                : new("lock", Grade.Fault, new("lock.silent"), new("lock.who", path));
        }
    }

    private static IEnumerable<Finding> Schema(Patient patient)
    {
        var newest = (int?)patient.Settings?["schemaNewest"];
        var found = patient.Status?.Schema ?? SchemaOf(Path.Combine(patient.Folder, DatabaseName));
        if (newest is null || found is not { } schema)
        {
            yield break;
        }

        yield return schema.CompareTo(newest.Value) switch
        {
            0 => new("schema", Grade.Good, new("schema.same", schema), Figure: schema),
            < 0 => new("schema", Grade.Warning, new("schema.older", schema, newest), new("schema.backup"), schema),
            _ => new("schema", Grade.Fault, new("schema.newer", schema, newest), new("schema.update"), schema),
        };
    }

    /// <summary>SQLite keeps the number in the header of the file, big-endian.</summary>
    private static int? SchemaOf(string file)
    {
        try
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            var header = new byte[HeaderBytes];
            return stream.ReadAtLeast(header, HeaderBytes, throwOnEndOfStream: false) == HeaderBytes ? BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(HeaderSchemaAt)) : null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static Finding Backup(Patient patient)
    {
        var newest = patient.Status is { } status ? status.LastBackupTime?.ToDateTimeOffset() : NewestIn(BackupFolder(patient));
        if (newest is not { } taken)
        {
            return new("backup", Grade.Warning, new("backup.none"), new("backup.make"));
        }

        var max = patient.Status?.BackupAgeHoursMax ?? int.Parse(patient.Option("Backup:AgeHoursMax") ?? $"{BackupAgeHoursMax}", CultureInfo.InvariantCulture);
        var hours = Math.Round((patient.Session.Clock.GetUtcNow() - taken).TotalHours, 1);
        return hours <= max
            ? new("backup", Grade.Good, new("backup.fresh", hours), Figure: hours)
            : new("backup", Grade.Warning, new("backup.old", hours, max), new("backup.make"), hours);
    }

    private static string BackupFolder(Patient patient) =>
        patient.Option("Backup:Folder") is { Length: > 0 } folder ? patient.Session.PathOf(folder) : Path.Combine(patient.Folder, "backups");

    /// <summary>The instant stands at the beginning of a backup's name; one without a manifest is none.</summary>
    private static DateTimeOffset? NewestIn(string folder) => !Directory.Exists(folder)
        ? null
        : (from path in Directory.GetDirectories(folder)
           where File.Exists(Path.Combine(path, "manifest.json"))
           let stamp = Path.GetFileName(path).Split('-')[0]
           where DateTimeOffset.TryParseExact(stamp, "yyyyMMdd'T'HHmmss.fff'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _)
           let taken = DateTimeOffset.ParseExact(stamp, "yyyyMMdd'T'HHmmss.fff'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal)
           orderby taken descending
           select (DateTimeOffset?)taken).FirstOrDefault();
}
