using SmartCommunity.Domain.Cells;
using SmartCommunity.Domain.Commands;
using SmartCommunity.Domain.Refusals;

namespace SmartCommunity.Grains.Grid;

/// <summary>The division of one district: area names and cell outlines. Key: <c>340104/grid</c>. Stream: <c>grid</c>.</summary>
[Alias("sc.IGridGrain"), GrainInterfaceType("sc.grid")]
public interface IGridGrain : IGrainWithStringKey
{
    /// <summary>
    /// Checks rings, parents, gaps and overlaps (among the given cells and against the ones there are) and then defines all cells in one append,
    /// or none. Cells that are already so are left alone, so importing again changes nothing.
    /// </summary>
    [Alias("Import")]
    Task<CellImportResult> Import(CellDraft[] cells, WriteCondition condition, CommandContext context);

    /// <summary>
    /// While the grid's row is due: looks through the buildings and asks those that lie elsewhere now to find their cell, some hundreds a call. Calls
    /// go on where the last one ended; the row stays due until the end.
    /// </summary>
    [Alias("Relocate")]
    Task Relocate(DateTimeOffset now);

    /// <summary>Names streets and communities; the parent must be named before (or in the same call).</summary>
    [Alias("NameAreas")]
    Task<Outcome<AreaName[]>> NameAreas(AreaName[] areas, WriteCondition condition, CommandContext context);
}
