using SmartCommunity.Domain;
using SmartCommunity.Domain.Cells;
using SmartCommunity.Domain.Commands;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Domain.Views;
using SmartCommunity.Domain.Wire;
using SmartCommunity.Grains.Directory;
using SmartCommunity.Grains.Streams;
using SmartCommunity.Storage;

namespace SmartCommunity.Grains.Grid;

/// <summary>Cells are whole in their events, so a snapshot would be as long as the stream: there is none.</summary>
[GrainType("sc.grid")]
internal sealed class GridGrain(
    [PersistentState(StateNames.Grid, StateNames.Storage)] IPersistentState<StreamSnapshot> stored,
    StreamRoom room,
    DistrictCaches caches) : EventGrain<GridState>(stored, room), IGridGrain
{
    private Relocation? relocation;

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

    public Task Relocate(DateTimeOffset now) => RunAsync(async () =>
    {
        var due = await Room.Views.GetAsync(Stream.District, ViewKinds.Grid, Stream.District, CancellationToken.None);
        if (due?.DueMs is not { } dueMs || dueMs > now.ToUnixTimeMilliseconds())
        {
            return false;
        }

        var look = relocation?.RowPosition == due.Position
            ? relocation
            : new(RecordCodec.Decode<GridRow>(due.Body.Span), due.Position, now, Room, GrainFactory);
        relocation = null;
        if (!await look.StepAsync(await caches.GridAsync(Stream.District, CancellationToken.None), now))
        {
            relocation = look;
            return false;
        }

        var draft = new Drafted { Events = [], Effects = new() { Rows = { look.Done } } };
        var result = await AppendAsync(draft);
        Advance(result, draft, static before => before);
        return result.Status == CommitStatus.Committed;
    });

    protected override GridState Empty() => GridState.Empty(GrainKeys.DistrictOf(Stream.District));

    protected override GridState Evolve(GridState before, DomainEvent happened, long atMs, long recordedMs) => GridDecider.Evolve(before, happened);

    protected override byte[] Write(GridState current) => [];

    protected override bool TryRead(byte[] snapshot, out GridState read)
    {
        read = Empty();
        return false;
    }
}
