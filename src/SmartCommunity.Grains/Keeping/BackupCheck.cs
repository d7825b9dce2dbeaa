using System.Security.Cryptography;
using SmartCommunity.Domain.Alarms;
using SmartCommunity.Domain.Views;
using SmartCommunity.Domain.Wire;
using SmartCommunity.Grains.Directory;
using SmartCommunity.Storage;
using SmartCommunity.Storage.Sqlite;

namespace SmartCommunity.Grains.Keeping;

/// <summary>What was found in a backup or a store at rest.</summary>
/// <param name="Manifest">Null for a data folder.</param>
public sealed record CheckReport(
    string Folder,
    BackupManifest? Manifest,
    StoreFigures? Figures,
    IReadOnlyList<DistrictState> Districts,
    IReadOnlyList<StoreFault> Faults)
{
    public bool IsSound => Faults.Count == 0;
}

/// <summary>
/// Looks at a backup or a store at rest: the bytes against the manifest, the file against SQLite's rules, the log against its own, counters against a recount, and the state hash
/// of every district against the manifest.
/// </summary>
public static class BackupCheck
{
    private const int RowsPerRead = 1_000;

    /// <param name="onStep">Told what is being looked at.</param>
    /// <exception cref="StoreUnavailableException">There is no store, or a process uses it.</exception>
    public static async Task<CheckReport> RunAsync(string folder, Action<string> onStep, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(onStep);
        var manifest = BackupManifest.TryRead(folder);
        var faults = new List<StoreFault>();
        if (manifest is null && File.Exists(Path.Combine(folder, BackupManifest.FileName)))
        {
            faults.Add(new("manifest", $"{BackupManifest.FileName} cannot be read, or is none of {BackupManifest.CurrentFormat}."));
        }

        onStep("bytes");
        if (manifest is not null && await BytesAsync(folder, manifest, cancellation) is { } changed)
        {
            // What the bytes of a changed file mean is not worth reading.
            return new(folder, manifest, null, [], [changed]);
        }

        using var file = StoreFile.Open(folder);
        onStep("integrity");
        faults.AddRange(file.Review(cancellation));
        if (faults.Exists(f => f.Check == "integrity"))
        {
            return new(folder, manifest, null, [], faults);
        }

        var figures = file.Figures();
        if (figures.Schema > StoreFile.NewestSchema)
        {
            faults.Add(new("schema", $"The file has schema {figures.Schema}, newer than this program's {StoreFile.NewestSchema}: use the newer program."));
            return new(folder, manifest, figures, [], faults);
        }

        onStep("state");
        var districts = await StatesAsync(file, cancellation);
        foreach (var district in districts)
        {
            faults.AddRange(await CountersAsync(file, district.District, cancellation));
        }

        faults.AddRange(manifest is null ? [] : Differences(manifest, figures, districts));
        return new(folder, manifest, figures, districts, faults);
    }

    /// <summary>The state of every district in a store at rest.</summary>
    public static async Task<IReadOnlyList<DistrictState>> StatesAsync(StoreFile file, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(file);
        var states = new List<DistrictState>();
        foreach (var district in (await file.DistrictsAsync(cancellation)).Order(StringComparer.Ordinal))
        {
            var hash = await StateHasher.HashAsync(file, district, cancellation);
            states.Add(new(district, hash.Hash, hash.Readings, hash.Rows));
        }

        return states;
    }

    public static async Task<string> Sha256Async(string file, CancellationToken cancellation)
    {
        await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20, FileOptions.Asynchronous | FileOptions.SequentialScan);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellation));
    }

    private static async Task<StoreFault?> BytesAsync(string folder, BackupManifest manifest, CancellationToken cancellation)
    {
        var file = new FileInfo(Path.Combine(folder, SqliteStoreOptions.FileName));
        if (!file.Exists)
        {
            return new("bytes", $"{file.Name} is missing.");
        }

        if (file.Length != manifest.Bytes)
        {
            return new("bytes", $"{file.Name} has {file.Length:N0} bytes; the manifest says {manifest.Bytes:N0}.");
        }

        var found = await Sha256Async(file.FullName, cancellation);
        return found == manifest.Sha256 ? null : new("bytes", $"{file.Name} has the SHA-256 {found}; the manifest says {manifest.Sha256}.");
    }

    private static IEnumerable<StoreFault> Differences(BackupManifest manifest, StoreFigures figures, IReadOnlyList<DistrictState> districts)
    {
        if (figures.Position != manifest.Position)
        {
            yield return new("position", $"The file ends at position {figures.Position}; the manifest says {manifest.Position}.");
        }

        foreach (var code in manifest.Districts.Concat(districts).Select(d => d.District).Distinct())
        {
            var said = manifest.Districts.FirstOrDefault(d => d.District == code)?.Hash ?? "nothing";
            var found = districts.FirstOrDefault(d => d.District == code)?.Hash ?? "nothing";
            if (said != found)
            {
                yield return new("state", $"District {code} has the state hash {found}; the manifest says {said}.");
            }
        }
    }

    /// <summary>Counters are sums that commits kept; here they are counted again from the records.</summary>
    private static async Task<IEnumerable<StoreFault>> CountersAsync(StoreFile file, string district, CancellationToken cancellation)
    {
        var counters = await file.SumAsync(district, cancellation);
        var counted = new Dictionary<string, long>(StringComparer.Ordinal)
        {
            [CounterNames.Buildings] = await CountAsync(file, district, ViewKinds.Building, _ => true, cancellation),
            [CounterNames.DevicesTotal] = await CountAsync(file, district, ViewKinds.Device, row => row.Status != ViewStatus.Revoked, cancellation),
        };
        foreach (var level in (AlarmLevel[])[AlarmLevel.Notice, AlarmLevel.Warning, AlarmLevel.Critical])
        {
            counted[CounterNames.Alarms(level)] = await CountAsync(
                file, district, ViewKinds.Alarm, row => row.Status != ViewStatus.Closed && RecordCodec.Decode<Alarm>(row.Body.Span).Level == level, cancellation);
        }

        return counted
            .Where(c => counters.GetValueOrDefault(c.Key) != c.Value)
            .Select(c => new StoreFault("counters", $"District {district}: the counter {c.Key} says {counters.GetValueOrDefault(c.Key)}, the records say {c.Value}."));
    }

    private static async Task<long> CountAsync(StoreFile file, string district, string kind, Func<ViewRow, bool> counts, CancellationToken cancellation)
    {
        var count = 0L;
        string? after = null;
        while (true)
        {
            var rows = await file.ListAsync(new(district, kind, RowsPerRead, AfterId: after), cancellation);
            count += rows.Count(counts);
            if (rows.Count < RowsPerRead)
            {
                return count;
            }

            after = rows[^1].Id;
        }
    }
}
