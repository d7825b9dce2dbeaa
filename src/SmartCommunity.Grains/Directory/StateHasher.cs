using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using SmartCommunity.Storage;
using SmartCommunity.Storage.Sqlite;

namespace SmartCommunity.Grains.Directory;

/// <summary>SHA-256 over a district's whole state; docs/state-hash.md says what goes in and why.</summary>
public static class StateHasher
{
    private const string Format = "smartcommunity-state/1";
    private const int RowsPerRead = 1_000;

    /// <summary>Of a running store.</summary>
    public static ValueTask<StateHash> HashAsync(IViews views, IReadings readings, string district, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(views);
        ArgumentNullException.ThrowIfNull(readings);
        return HashAsync(views.ListAsync, readings.DigestAsync, district, cancellation);
    }

    /// <summary>Of a store at rest.</summary>
    public static ValueTask<StateHash> HashAsync(StoreFile file, string district, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(file);
        return HashAsync(file.ListAsync, file.DigestAsync, district, cancellation);
    }

    private static async ValueTask<StateHash> HashAsync(
        Func<ViewQuery, CancellationToken, ValueTask<IReadOnlyList<ViewRow>>> list,
        Func<string, CancellationToken, ValueTask<ReadingDigest>> digestOf,
        string district,
        CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(hash, Encoding.UTF8.GetBytes(Format));
        Add(hash, Encoding.UTF8.GetBytes(district));
        var counts = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var kind in RecordKinds.All)
        {
            counts[kind] = await AddKindAsync(hash, list, district, kind, cancellation);
        }

        var digest = await digestOf(district, cancellation);
        Add(hash, Encoding.UTF8.GetBytes(digest.Hash));
        return new(Convert.ToHexStringLower(hash.GetHashAndReset()), digest.Count, counts);
    }

    private static async ValueTask<long> AddKindAsync(
        IncrementalHash hash,
        Func<ViewQuery, CancellationToken, ValueTask<IReadOnlyList<ViewRow>>> list,
        string district,
        string kind,
        CancellationToken cancellation)
    {
        var count = 0L;
        string? after = null;
        while (true)
        {
            var rows = await list(new(district, kind, RowsPerRead, AfterId: after), cancellation);
            foreach (var row in rows)
            {
                Add(hash, Encoding.UTF8.GetBytes(kind));
                Add(hash, Encoding.UTF8.GetBytes(row.Id));
                Add(hash, row.Body.Span);
            }

            count += rows.Count;
            if (rows.Count < RowsPerRead)
            {
                return count;
            }

            after = rows[^1].Id;
        }
    }

    /// <summary>Every part goes in behind its length, so that no two lists of parts give the same bytes.</summary>
    private static void Add(IncrementalHash hash, ReadOnlySpan<byte> part)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, part.Length);
        hash.AppendData(length);
        hash.AppendData(part);
    }
}
