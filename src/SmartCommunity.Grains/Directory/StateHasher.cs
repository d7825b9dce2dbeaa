using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using SmartCommunity.Storage;

namespace SmartCommunity.Grains.Directory;

/// <summary>SHA-256 over a district's whole state; docs/state-hash.md says what goes in and why.</summary>
internal static class StateHasher
{
    private const string Format = "smartcommunity-state/1";
    private const int RowsPerRead = 1_000;

    public static async ValueTask<StateHash> HashAsync(IViews views, IReadings readings, string district, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(hash, Encoding.UTF8.GetBytes(Format));
        Add(hash, Encoding.UTF8.GetBytes(district));
        var counts = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var kind in RecordKinds.All)
        {
            counts[kind] = await AddKindAsync(hash, views, district, kind, cancellation);
        }

        var digest = await readings.DigestAsync(district, cancellation);
        Add(hash, Encoding.UTF8.GetBytes(digest.Hash));
        return new(Convert.ToHexStringLower(hash.GetHashAndReset()), digest.Count, counts);
    }

    private static async ValueTask<long> AddKindAsync(
        IncrementalHash hash, IViews views, string district, string kind, CancellationToken cancellation)
    {
        var count = 0L;
        string? after = null;
        while (true)
        {
            var rows = await views.ListAsync(new(district, kind, RowsPerRead, AfterId: after), cancellation);
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
