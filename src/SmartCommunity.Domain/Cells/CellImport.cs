using SmartCommunity.Domain.Areas;

namespace SmartCommunity.Domain.Cells;

/// <summary>What a check of an import found. <see cref="Cells"/> i came with row <see cref="Rows"/> i; meaningful only without refusals.</summary>
public sealed record CellCheck(Cell[] Cells, int[] Rows, RowRefusal[] Refusals, RowRefusal[] Warnings);

/// <summary>Checks the cells of an import, among themselves and against the ones there are.</summary>
public static class CellImport
{
    /// <param name="existing">The cells there are; those whose codes are in the import are replaced by it.</param>
    /// <param name="isNamed">Whether a community is named.</param>
    public static CellCheck Check(AreaCode district, CellDraft[] drafts, IEnumerable<Cell> existing, Func<AreaCode, bool> isNamed)
    {
        ArgumentNullException.ThrowIfNull(drafts);
        var cells = new List<Cell>();
        foreach (var draft in drafts)
        {
            var polygon = CellGeometry.ToPolygon(draft.Rings);
            cells.Add(new(AreaCode.Parse(draft.Code), draft.Name, draft.Rings, CellGeometry.AreaM2(polygon), 0));
        }

        return new([.. cells], [.. drafts.Select(d => d.Row)], [], []);
    }
}
