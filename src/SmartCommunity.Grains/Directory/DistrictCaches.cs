using System.Collections.Concurrent;
using SmartCommunity.Domain.Alarms;
using SmartCommunity.Domain.Catalogue;
using SmartCommunity.Domain.Cells;
using SmartCommunity.Domain.Devices;
using SmartCommunity.Domain.Districts;
using SmartCommunity.Domain.Views;
using SmartCommunity.Domain.Wire;
using SmartCommunity.Storage;

namespace SmartCommunity.Grains.Directory;

/// <summary>
/// A district's catalogue and the index of its cells, as immutable snapshots. A commit that changes one of their rows drops the snapshot; the next
/// reader makes a new one. A snapshot that was being made while such a commit came is handed out but not kept.
/// </summary>
internal sealed class DistrictCaches : IDisposable
{
    private const int RowsPerRead = 1_000;

    private readonly IViews views;
    private readonly IDisposable subscription;
    private readonly ConcurrentDictionary<string, DistrictCatalogue> catalogues = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, GridIndex> grids = new(StringComparer.Ordinal);
    private long catalogueChanges;
    private long gridChanges;

    public DistrictCaches(IViews views, IJournal journal)
    {
        this.views = views;
        subscription = journal.Subscribe(Committed);
    }

    public ValueTask<DistrictCatalogue?> CatalogueAsync(string district, CancellationToken cancellation) =>
        catalogues.TryGetValue(district, out var known) ? new(known) : ReadCatalogueAsync(district, cancellation);

    public ValueTask<GridIndex> GridAsync(string district, CancellationToken cancellation) =>
        grids.TryGetValue(district, out var known) ? new(known) : ReadGridAsync(district, cancellation);

    public void Dispose() => subscription.Dispose();

    private async ValueTask<DistrictCatalogue?> ReadCatalogueAsync(string district, CancellationToken cancellation)
    {
        var seen = Volatile.Read(ref catalogueChanges);
        if (await views.GetAsync(district, ViewKinds.District, district, cancellation) is not { } row)
        {
            return null;
        }

        var catalogue = new DistrictCatalogue(
            TimeZoneInfo.FindSystemTimeZoneById(RecordCodec.Decode<District>(row.Body.Span).TimeZone),
            await ReadAllAsync<DeviceProfile>(district, ViewKinds.Profile, cancellation),
            await ReadAllAsync<AlarmRule>(district, ViewKinds.Rule, cancellation));
        catalogues[district] = catalogue;
        if (Volatile.Read(ref catalogueChanges) != seen)
        {
            catalogues.TryRemove(new(district, catalogue));
        }

        return catalogue;
    }

    private async ValueTask<GridIndex> ReadGridAsync(string district, CancellationToken cancellation)
    {
        var seen = Volatile.Read(ref gridChanges);
        var grid = new GridIndex(
            GrainKeys.DistrictOf(district),
            await ReadAllAsync<Cell>(district, ViewKinds.Cell, cancellation),
            (await ReadAllAsync<AreaName>(district, ViewKinds.Area, cancellation)).Select(area => area.Code));
        grids[district] = grid;
        if (Volatile.Read(ref gridChanges) != seen)
        {
            grids.TryRemove(new(district, grid));
        }

        return grid;
    }

    private async ValueTask<List<T>> ReadAllAsync<T>(string district, string kind, CancellationToken cancellation)
        where T : class
    {
        var all = new List<T>();
        string? after = null;
        while (true)
        {
            var rows = await views.ListAsync(new(district, kind, RowsPerRead, AfterId: after), cancellation);
            all.AddRange(rows.Select(row => RecordCodec.Decode<T>(row.Body.Span)));
            if (rows.Count < RowsPerRead)
            {
                return all;
            }

            after = rows[^1].Id;
        }
    }

    private void Committed(CommitNotice notice)
    {
        foreach (var view in notice.Views)
        {
            if (view.Kind is ViewKinds.District or ViewKinds.Profile or ViewKinds.Rule)
            {
                Interlocked.Increment(ref catalogueChanges);
                catalogues.TryRemove(view.District, out _);
            }
            else if (view.Kind is ViewKinds.Cell or ViewKinds.Area)
            {
                Interlocked.Increment(ref gridChanges);
                grids.TryRemove(view.District, out _);
            }
        }
    }
}
