using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.Commands;
using SmartCommunity.Domain.Districts;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Domain.Views;
using SmartCommunity.Domain.Wire;

namespace SmartCommunity.Domain.Cells;

/// <summary>Decides on area names and cell imports: all of a call or nothing.</summary>
public static class GridDecider
{
    /// <summary>Names streets and communities; the parent must be named before, or in the same call.</summary>
    public static Outcome<Decision<AreaName[]>> NameAreas(GridState state, AreaName[] areas, WriteCondition condition, CommandContext context)
    {
        if (Check.Count(areas.Length, Limits.AreasPerCallMax, "areas") is { } tooMany)
        {
            return tooMany;
        }

        var results = new AreaName[areas.Length];
        var decision = new Decision<AreaName[]>(results);
        var known = state.Areas;
        for (var i = 0; i < areas.Length; i++)
        {
            var current = known.GetValueOrDefault(areas[i].Code);
            var refusal = Check.Condition(condition, current?.Revision, "area") ?? Judge(state.District, areas[i], areas, known.ContainsKey);
            if (refusal is not null)
            {
                return refusal with { Field = $"areas[{i}].{refusal.Field}" };
            }

            results[i] = current is not null && current.Name == areas[i].Name ? current : areas[i] with { Revision = (current?.Revision ?? 0) + 1 };
            if (!ReferenceEquals(results[i], current) && !condition.DryRun)
            {
                var code = results[i].Code.ToString();
                decision.Happened(new AreaNamed(results[i]), results[i].Code, context);
                decision.Effects.Rows.Add(new(ViewKinds.Area, code, code, ViewStatus.None, results[i]));
            }

            known = known.SetItem(results[i].Code, results[i]);
        }

        return decision;
    }

    /// <summary>Checks an import and defines its cells, all or none. Refusals of rows stand in the result; then there are no events.</summary>
    public static Decision<CellImportResult> Import(GridState state, CellDraft[] drafts, WriteCondition condition, CommandContext context)
    {
        var check = CellImport.Check(state.District, drafts, state.Cells.Values, state.Areas.ContainsKey);
        var refusals = check.Refusals.ToList();
        var created = new List<Cell>();
        var changed = new List<Cell>();
        for (var i = 0; i < check.Cells.Length; i++)
        {
            var cell = check.Cells[i];
            var current = state.Cells.GetValueOrDefault(cell.Code);
            if (Check.Condition(condition, current?.Revision, "cell") is { } refusal)
            {
                refusals.Add(new(check.Rows[i], cell.Code.ToString(), refusal));
            }
            else if (current is null)
            {
                created.Add(cell with { Revision = 1 });
            }
            else if (!RecordCodec.Same(cell with { Revision = current.Revision }, current))
            {
                changed.Add(cell with { Revision = current.Revision + 1 });
            }
        }

        var sorted = refusals.OrderBy(r => r.Row).ToArray();
        if (sorted.Length > 0)
        {
            return new(new(0, 0, 0, sorted, check.Warnings));
        }

        var unchanged = check.Cells.Length - created.Count - changed.Count;
        var decision = new Decision<CellImportResult>(new(created.Count, changed.Count, unchanged, [], check.Warnings));
        if (!condition.DryRun)
        {
            foreach (var cell in created.Concat(changed))
            {
                var code = cell.Code.ToString();
                decision.Happened(new CellDefined(cell), cell.Code, context);
                decision.Effects.Rows.Add(new(ViewKinds.Cell, code, code, ViewStatus.None, cell));
            }

            if (decision.Events.Count > 0)
            {
                decision.Effects.Rows.Add(GridRow.Imported(state.District, context.Now));
            }
        }

        return decision;
    }

    public static GridState Evolve(GridState state, DomainEvent happened) => happened switch
    {
        AreaNamed e => state with { Areas = state.Areas.SetItem(e.Area.Code, e.Area) },
        CellDefined e => state with { Cells = state.Cells.SetItem(e.Cell.Code, e.Cell) },
        _ => throw new ArgumentException($"{happened.GetType().Name} does not belong to a grid.", nameof(happened)),
    };

    private static Refusal? Judge(AreaCode district, AreaName area, AreaName[] together, Func<AreaCode, bool> known)
    {
        if (area.Code.Level is not (AreaLevel.Street or AreaLevel.Community))
        {
            return new(RefusalCode.Malformed, "code", "Streets have nine digits and communities twelve.", "Districts and cells are named elsewhere.");
        }

        if (!district.Contains(area.Code))
        {
            return new(RefusalCode.WrongParent, "code", $"The code does not begin with {district}.", "Name the areas of this district only.");
        }

        var parent = area.Code.Parent;
        return area.Code.Level == AreaLevel.Community && !known(parent) && !together.Any(a => a.Code == parent)
            ? new(RefusalCode.WrongParent, "code", $"Street {parent} is not named.", "Name the street first, or in the same call.")
            : Check.Text(area.Name, "name");
    }
}
