using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.Refusals;

namespace SmartCommunity.Domain.Cells;

/// <summary>What a check of an import found. <see cref="Cells"/> i came with row <see cref="Rows"/> i; meaningful only without refusals.</summary>
public sealed record CellCheck(Cell[] Cells, int[] Rows, RowRefusal[] Refusals, RowRefusal[] Warnings);

/// <summary>
/// Checks the cells of an import, among themselves and against the ones there are, and brings their rings into one form (outer ring
/// counter-clockwise from its westernmost point), so that the same outline drawn from another corner is no change.
/// </summary>
public static class CellImport
{
    /// <param name="existing">The cells there are; those whose codes are in the import are replaced by it.</param>
    /// <param name="isNamed">Whether a community is named.</param>
    public static CellCheck Check(AreaCode district, CellDraft[] drafts, IEnumerable<Cell> existing, Func<AreaCode, bool> isNamed)
    {
        ArgumentNullException.ThrowIfNull(drafts);
        ArgumentNullException.ThrowIfNull(existing);
        var there = existing.ToArray();
        if (Commands.Check.Count(drafts.Length, Limits.CellsPerImportMax, "cells") is { } tooMany)
        {
            return new([], [], [new(0, string.Empty, tooMany)], []);
        }

        var refusals = new List<RowRefusal>();
        var shapes = new List<CellShape>();
        var codes = new Dictionary<AreaCode, int>();
        foreach (var draft in drafts)
        {
            var refusal = JudgeCode(district, draft, isNamed, codes) ?? Commands.Check.Text(draft.Name, "name") ?? RingCheck.Judge(draft.Rings);
            if (refusal is null)
            {
                shapes.Add(CellShape.Of(draft));
            }
            else
            {
                refusals.Add(new(draft.Row, draft.Code, refusal));
            }
        }

        var kept = there.Where(c => !codes.ContainsKey(c.Code)).Select(CellShape.Of).ToList();
        var all = shapes.Count + kept.Count;
        if (all > Limits.CellsPerDistrictMax)
        {
            refusals.Add(new(0, string.Empty, Commands.Check.Count(all, Limits.CellsPerDistrictMax, "cells")!));
        }

        refusals.AddRange(CellNeighbours.Misplaced(shapes, kept));
        refusals.AddRange(CellNeighbours.Overlaps(shapes, kept));
        var warnings = refusals.Count > 0 ? [] : CellNeighbours.Gaps(shapes, kept).Concat(CellNeighbours.Shifted(shapes, there)).ToArray();
        return new(
            [.. shapes.Select(s => s.ToCell())],
            [.. shapes.Select(s => s.Row)],
            [.. refusals.OrderBy(r => r.Row)],
            warnings);
    }

    private static Refusal? JudgeCode(AreaCode district, CellDraft draft, Func<AreaCode, bool> isNamed, Dictionary<AreaCode, int> codes)
    {
        if (!AreaCode.TryParse(draft.Code, out var code) || code.Level != AreaLevel.Cell)
        {
            return new(
                RefusalCode.Malformed,
                "code",
                $"A cell's code has {AreaCodec.Current.LengthOf(AreaLevel.Cell)} digits: district, street, community and sequence, none of them zero.",
                "Correct the code.");
        }

        if (!district.Contains(code))
        {
            return new(RefusalCode.WrongParent, "code", $"The cell does not lie in district {district}.", "Import it into its own district.");
        }

        if (!isNamed(code.Parent))
        {
            return new(RefusalCode.WrongParent, "code", $"Community {code.Parent} is not named.", "Name streets and communities before importing cells.");
        }

        return codes.TryAdd(code, draft.Row)
            ? null
            : new(RefusalCode.AlreadyExists, "code", $"Row {codes[code]} has the same code.", "A cell is one polygon; give each its own code.");
    }
}
