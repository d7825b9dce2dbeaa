using System.Text;
using SmartCommunity.Domain.Views;
using SmartCommunity.Domain.Webhooks;
using SmartCommunity.Domain.Wire;
using SmartCommunity.Grains.Directory;
using SmartCommunity.Storage;
using SmartCommunity.Storage.Moving;
using SmartCommunity.Storage.Sqlite;

namespace SmartCommunity.Grains.Keeping;

/// <summary>A file that holds a district.</summary>
/// <param name="Position">The last position of the store it came from; nothing after it is in the file.</param>
public sealed record ExportReport(string File, string District, long Position, long Lines, long Readings, long Bytes, string StateHash);

/// <summary>What an import did.</summary>
/// <param name="Changed">False: the district was there already, with the same state.</param>
/// <param name="Shift">How far positions moved.</param>
public sealed record ImportReport(string Folder, string District, bool Changed, long Shift, long Lines, string StateHash);

/// <summary>One district from store to store, as a file of text.</summary>
public static class DistrictMove
{
    /// <param name="folder">A data folder, in use or not, or a backup.</param>
    /// <param name="to">A new file, made with mode 0600.</param>
    /// <param name="onStep">Told what is being done.</param>
    /// <exception cref="StoreUnavailableException">There is no such store or district, or the file exists or cannot be written; the message says what to do.</exception>
    public static async Task<ExportReport> ExportAsync(string district, string folder, string to, Action<string> onStep, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(onStep);
        if (File.Exists(to))
        {
            throw new StoreUnavailableException($"'{to}' exists already: name a new file; nothing is written over.");
        }

        using var store = StoreFile.OpenMoment(folder);
        var districts = await store.DistrictsAsync(cancellation);
        if (!districts.Contains(district))
        {
            throw new StoreUnavailableException($"There is no district '{district}' in '{folder}', only: {string.Join(", ", districts)}.");
        }

        onStep("state");
        var state = await StateHasher.HashAsync(store, district, cancellation);
        onStep("rows");
        var part = to + ".part";
        try
        {
            File.Delete(part);
            await using (var stream = Create(part))
            {
                var (position, lines) = await store.WriteAsync(district, state.Hash, stream, cancellation);
                stream.Flush(flushToDisk: true);
                File.Move(part, to);
                return new(to, district, position, lines, state.Readings, stream.Length, state.Hash);
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new StoreUnavailableException($"'{to}' cannot be written: check its folder and disk.", failure);
        }
        finally
        {
            Forget(part);
        }
    }

    /// <summary>The whole district or nothing; the file is checked before, the store after, and then the store is replaced at once.</summary>
    /// <param name="folder">A data folder whose process is stopped, or a new one.</param>
    /// <exception cref="DistrictFileException">The file cannot be taken.</exception>
    /// <exception cref="StoreUnavailableException">The store cannot take it; the message says what to do.</exception>
    public static async Task<ImportReport> ImportAsync(string file, string folder, Action<string> onStep, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(onStep);
        if (!File.Exists(file))
        {
            throw new StoreUnavailableException($"There is no file '{file}'.");
        }

        onStep("file");
        var from = DistrictFile.Check(file, cancellation);
        onStep("copy");
        using var rework = StoreRework.Begin(folder);
        var before = await StatesAsync(rework.Side, cancellation);
        if (before.TryGetValue(from.District, out var there))
        {
            return there == from.StateHash
                ? new(folder, from.District, Changed: false, 0, from.Lines, there)
                : throw new StoreUnavailableException($"District {from.District} is in '{folder}' already, with another state: import into a store without it.");
        }

        onStep("rows");
        var shift = rework.Write(from, file, MoveView, cancellation);
        onStep("check");
        var check = await BackupCheck.RunAsync(rework.Side, _ => { }, cancellation);
        var fault = check.Faults.Select(f => $"{f.Check}: {f.Sentence}").Concat(Differences(from, before, check)).FirstOrDefault();
        if (fault is not null)
        {
            throw new StoreUnavailableException($"With the district the store would not be sound, so nothing was changed. {fault} Look at both sides with sc verify.");
        }

        rework.Commit();
        return new(folder, from.District, Changed: true, shift, from.Lines, from.StateHash);
    }

    private static IEnumerable<string> Differences(DistrictFile from, Dictionary<string, string> before, CheckReport check)
    {
        var after = check.Districts.ToDictionary(d => d.District, d => d.Hash);
        before.Add(from.District, from.StateHash);
        return before
            .Where(d => after.GetValueOrDefault(d.Key) != d.Value)
            .Select(d => $"state: District {d.Key} would have the state hash {after.GetValueOrDefault(d.Key)} instead of {d.Value}.");
    }

    private static async Task<Dictionary<string, string>> StatesAsync(string folder, CancellationToken cancellation)
    {
        using var store = StoreFile.Open(folder);
        return (await BackupCheck.StatesAsync(store, cancellation)).ToDictionary(d => d.District, d => d.Hash);
    }

    /// <summary>Of all view rows only the progress of a webhook names a position.</summary>
    private static string MoveView(string kind, string body, long shift)
    {
        if (kind != ViewKinds.WebhookProgress)
        {
            return body;
        }

        var progress = RecordCodec.Decode<WebhookProgress>(Encoding.UTF8.GetBytes(body));
        return Encoding.UTF8.GetString(RecordCodec.Encode(progress with { Cursor = progress.Cursor + shift }));
    }

    private static FileStream Create(string file)
    {
        var create = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            create.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new(file, create);
    }

    private static void Forget(string part)
    {
        if (File.Exists(part))
        {
            File.Delete(part);
        }
    }
}
