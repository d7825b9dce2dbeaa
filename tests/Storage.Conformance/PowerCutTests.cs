using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using SmartCommunity.Storage.Sqlite;

namespace SmartCommunity.Storage.Conformance;

/// <summary>
/// A power cut, without one: the store lives on a file system inside a file. The writer is stopped, the file is copied as it is (what never reached the "disk" is not in
/// it), and the copy is mounted. <c>kill -9</c> alone cannot show this, because the kernel keeps what a killed process wrote.
/// </summary>
public sealed class PowerCutTests : IDisposable
{
    private const string FolderVariable = "SC_POWER_CUT_FOLDER";
    private const string LogVariable = "SC_POWER_CUT_LOG";
    private const string ModeVariable = "SC_POWER_CUT_MODE";
    private const int AcknowledgedMin = 300;
    private const int ControlTries = 3;

    private static readonly StreamKey Stream = new("340104", "buildings/B1");

    private readonly TempFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Nothing_that_was_acknowledged_is_lost()
    {
        var (acknowledged, lost, refused) = await Cut(SqliteSynchronous.Full, "full");

        TestContext.Current.SendDiagnosticMessage($"FULL: acknowledged {acknowledged}, lost {lost}");
        Assert.Equal((0, false), (lost, refused));
    }

    /// <summary>The same test on a store that does not wait for the disk must lose, or the test above proves nothing.</summary>
    [Fact]
    public async Task The_control_without_waiting_for_the_disk_loses()
    {
        for (var attempt = 1; ; attempt++)
        {
            var (acknowledged, lost, refused) = await Cut(SqliteSynchronous.Normal, $"normal{attempt}");
            TestContext.Current.SendDiagnosticMessage($"NORMAL: acknowledged {acknowledged}, rows lost {lost}, {(refused ? "noticed at the start" : "opened without a word")}");
            if (lost > 0)
            {
                return;
            }

            Assert.True(attempt < ControlTries, "The control lost nothing: this machine cannot show a power cut.");
        }
    }

    /// <summary>The child: this program again, with the variables set. It never reaches the tests.</summary>
#pragma warning disable CA2255 // The test program is the only user of this assembly.
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void WriteUntilStopped()
    {
        if (Environment.GetEnvironmentVariable(FolderVariable) is not { Length: > 0 } folder)
        {
            return;
        }

        // What was on the disk before the test begins: a control that loses this too has lost its file and not its last rows.
        using (var before = SqliteStore.Open(new SqliteStoreOptions { Folder = folder }))
        {
            Write(before, TakeOver(before), "before", 0);
        }

        var mode = Enum.Parse<SqliteSynchronous>(Environment.GetEnvironmentVariable(ModeVariable)!);
        using var store = SqliteStore.Open(new SqliteStoreOptions { Folder = folder, Synchronous = mode });
        using var log = new FileStream(Environment.GetEnvironmentVariable(LogVariable)!, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
        var claim = TakeOver(store);
        for (var number = 0L; number < 1_000_000; number++)
        {
            Write(store, claim with { Version = claim.Version + number }, number.ToString(CultureInfo.InvariantCulture), number);
            log.Write(System.Text.Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{number}\n")));
        }

        Environment.Exit(0);
    }

    private static Claim TakeOver(SqliteStore store) => store.ClaimAsync(Stream, CancellationToken.None).AsTask().GetAwaiter().GetResult();

    /// <summary>Blocks instead of awaiting: while a module initializer runs, no other thread gets into this module.</summary>
    private static void Write(SqliteStore store, Claim claim, string type, long at) => store.CommitAsync(
        new Append
        {
            Stream = Stream,
            Epoch = claim.Epoch,
            ExpectedVersion = claim.Version,
            Events = [new NewEvent(type, "{}"u8.ToArray(), "", at, at, "test")],
            Readings = new[] { new NewReading("d1", "pm25", "", at, at, at, null) },
        },
        CancellationToken.None).AsTask().GetAwaiter().GetResult();

    private async Task<(long Acknowledged, long Lost, bool Refused)> Cut(SqliteSynchronous mode, string name)
    {
        var missing = Machine.Missing("mkfs.ext4", "mount", "umount", "cp");
        Assert.SkipWhen(missing is not null, missing ?? "");
        var disk = Path.Combine(_folder.Path, name + ".disk");
        var copy = Path.Combine(_folder.Path, name + ".copy");
        var mount = Directory.CreateDirectory(Path.Combine(_folder.Path, name)).FullName;
        var log = Path.Combine(_folder.Path, name + ".acknowledged");
        await using (var file = File.Create(disk))
        {
            file.SetLength(64 << 20);
        }

        Must("mkfs.ext4", "-q", "-F", disk);
        var (code, error) = Machine.Run("mount", "-o", "loop", disk, mount);
        Assert.SkipWhen(code != 0, $"A disk in a file cannot be mounted here: {error}");
        try
        {
            await StopInTheMiddle(mode, Path.Combine(mount, "store"), log, () => Must("cp", "--sparse=always", disk, copy));
        }
        finally
        {
            Must("umount", mount);
        }

        Must("mount", "-o", "loop", copy, mount);
        try
        {
            return await Compare(Path.Combine(mount, "store"), log);
        }
        finally
        {
            Must("umount", mount);
        }
    }

    private static async Task StopInTheMiddle(SqliteSynchronous mode, string folder, string log, Action copy)
    {
        var program = Path.Combine(AppContext.BaseDirectory, typeof(PowerCutTests).Assembly.GetName().Name!);
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment[FolderVariable] = folder;
        start.Environment[LogVariable] = log;
        start.Environment[ModeVariable] = mode.ToString();
        using var child = Process.Start(start)!;
        try
        {
            await Eventually.Holds(() => child.HasExited || (File.Exists(log) && new FileInfo(log).Length > AcknowledgedMin * 4), Cancellation);
            Assert.False(child.HasExited, "The writer ended early.");
            Must("kill", "-STOP", child.Id.ToString(CultureInfo.InvariantCulture));
            copy();
        }
        finally
        {
            child.Kill();
            await child.WaitForExitAsync(Cancellation);
        }
    }

    /// <summary>
    /// Lost are rows that were acknowledged and are not in the file. A store that notices the missing log and refuses to open is opened as its message says, so that the
    /// refusal itself does not pass for a loss.
    /// </summary>
    private static async Task<(long Acknowledged, long Lost, bool Refused)> Compare(string folder, string log)
    {
        var acknowledged = await File.ReadAllLinesAsync(log, Cancellation);
        var options = new SqliteStoreOptions { Folder = folder };
        var refused = false;
        SqliteStore store;
        try
        {
            store = SqliteStore.Open(options);
        }
        catch (StoreUnavailableException missing) when (missing.Message.Contains("write-ahead log", StringComparison.Ordinal))
        {
            refused = true;
            File.Delete(Path.Combine(folder, "smartcommunity.lock"));
            store = SqliteStore.Open(options);
        }

        var found = new HashSet<string>();
        var readings = 0L;
        await using (store)
        {
            await foreach (var entry in store.ReadStreamAsync(Stream, 0, Cancellation))
            {
                _ = entry.Type is null ? readings++ : found.Add(entry.Type) ? 1 : 0;
            }
        }

        Assert.Equal(found.Count, readings);
        Assert.Contains("before", found);
        return (acknowledged.Length, acknowledged.Count(number => !found.Contains(number)), refused);
    }

    private static void Must(string program, params string[] arguments)
    {
        var (code, error) = Machine.Run(program, arguments);
        Assert.True(code == 0, $"{program}: {error}");
    }
}
