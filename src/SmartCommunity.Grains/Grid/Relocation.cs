using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.Buildings;
using SmartCommunity.Domain.Cells;
using SmartCommunity.Domain.Commands;
using SmartCommunity.Domain.Views;
using SmartCommunity.Domain.Wire;
using SmartCommunity.Grains.Streams;
using SmartCommunity.Storage;

namespace SmartCommunity.Grains.Grid;

/// <summary>
/// One look through a district's buildings after an import of cells. It lives in memory: after a kill a new one begins at the first building, and those
/// that have moved already lie right. A building that fails keeps no other one waiting.
/// </summary>
internal sealed class Relocation(GridRow row, long rowPosition, DateTimeOffset begun, StreamRoom room, IGrainFactory grains)
{
    private const string Actor = "system:grid";
    private const int RowsPerRead = 1_000;

    private string? after;
    private Exception? failure;

    /// <summary>Position of the row that asked for this look; a later import gives it another one.</summary>
    public long RowPosition { get; } = rowPosition;

    /// <summary>The row when all buildings lie where they belong.</summary>
    public Projected Done => row.LookedThrough(begun);

    /// <summary>Looks on until some hundreds of buildings were asked; true when the end is reached and all answered.</summary>
    public async Task<bool> StepAsync(IPlaces places, DateTimeOffset now)
    {
        var asked = 0;
        while (asked < room.Options.SweepRowsMax)
        {
            var rows = await room.Views.ListAsync(
                new(row.District.ToString(), ViewKinds.Building, RowsPerRead, AfterId: after), CancellationToken.None);
            var astray = rows.Select(r => RecordCodec.Decode<Building>(r.Body.Span)).Where(b => b.Cell != places.Locate(b.Location))
                .Take(room.Options.SweepRowsMax - asked).ToArray();
            asked += astray.Length;
            await AskAsync(astray, now);
            if (rows.Count < RowsPerRead && asked < room.Options.SweepRowsMax)
            {
                return failure is null ? true : throw failure;
            }

            after = asked < room.Options.SweepRowsMax ? rows[^1].Id : astray[^1].Id.ToString();
        }

        return false;
    }

    private async Task AskAsync(Building[] astray, DateTimeOffset now)
    {
        using var slots = new SemaphoreSlim(room.Options.SweepParallelMax);
        await Task.WhenAll(astray.Select(async building =>
        {
            await slots.WaitAsync();
            try
            {
                await grains.Building(row.District, building.Id).Locate(new CommandContext(Actor, now));
            }
            catch (Exception exception)
            {
                failure = exception;
            }
            finally
            {
                slots.Release();
            }
        }));
    }
}
