using SmartCommunity.Domain;
using SmartCommunity.Domain.Cells;
using SmartCommunity.Domain.Commands;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Grains.Streams;

namespace SmartCommunity.Grains.Grid;

/// <summary>Cells are whole in their events, so a snapshot would be as long as the stream: there is none.</summary>
[GrainType("sc.grid")]
internal sealed class GridGrain(
    [PersistentState(StateNames.Grid, StateNames.Storage)] IPersistentState<StreamSnapshot> stored,
    StreamRoom room) : EventGrain<GridState>(stored, room), IGridGrain
{
    public async Task<CellImportResult> Import(CellDraft[] cells, WriteCondition condition, CommandContext context)
    {
        CellImportResult? refused = null;
        var outcome = await HandleAsync("grid.Import", (cells, condition), context, state =>
        {
            var decision = GridDecider.Import(state, cells, condition, context);
            refused = decision.Result.Refusals.Length > 0 ? decision.Result : null;
            return refused is null ? new Outcome<Decision<CellImportResult>>(decision) : refused.Refusals[0].Refusal;
        });
        return refused ?? outcome.Value ?? new(0, 0, 0, [new(0, string.Empty, outcome.Refusal!)], []);
    }

    public Task<Outcome<AreaName[]>> NameAreas(AreaName[] areas, WriteCondition condition, CommandContext context) => HandleAsync(
        "grid.NameAreas",
        (areas, condition),
        context,
        state => GridDecider.NameAreas(state, areas, condition, context));

    protected override GridState Empty() => GridState.Empty(GrainKeys.DistrictOf(Stream.District));

    protected override GridState Evolve(GridState before, DomainEvent happened, long atMs, long recordedMs) => GridDecider.Evolve(before, happened);

    protected override byte[] Write(GridState current) => [];

    protected override bool TryRead(byte[] snapshot, out GridState read)
    {
        read = Empty();
        return false;
    }
}
