using Grpc.Core;
using Orleans;
using SmartCommunity.Domain;
using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.Cells;
using SmartCommunity.Domain.Commands;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Grains;
using SmartCommunity.Grains.Directory;
using SmartCommunity.Grpc.Calls;
using SmartCommunity.Grpc.Refusals;
using SmartCommunity.Grpc.Requests;

namespace SmartCommunity.Grpc.Cells;

/// <summary>Cells are judged together, so creating one is an import of one.</summary>
internal sealed class CellService(IDirectory directory, IGrainFactory grains) : V1.CellService.CellServiceBase
{
    public override async Task<V1.CreateCellResponse> CreateCell(V1.CreateCellRequest request, ServerCallContext context)
    {
        var call = EdgeCall.Of(context);
        call.CheckParent(request.Parent);
        var code = call.NewId<AreaCode>(request.CellId, "cell_id").ToString();
        var cell = NamedRequests.Record(request.Cell, "cell");
        var refusal = await DefineAsync(call, cell.ToDraft(1, code), WriteCondition.Create);
        return refusal is null
            ? new() { Cell = (await directory.FindAsync<Cell>(call, code, "cell_id")).ToProto(call.District) }
            : throw RefusalStatus.ToException(CellMapping.Names.InRequest(refusal));
    }

    public override async Task<V1.GetCellResponse> GetCell(V1.GetCellRequest request, ServerCallContext context)
    {
        var call = EdgeCall.Of(context);
        var code = call.Id<AreaCode>(request.Name, ResourceNames.Cells, "name");
        return new() { Cell = (await directory.FindAsync<Cell>(call, code.ToString(), "name")).ToProto(call.District) };
    }

    public override async Task<V1.ListCellsResponse> ListCells(V1.ListCellsRequest request, ServerCallContext context)
    {
        var call = EdgeCall.Of(context);
        call.CheckParent(request.Parent);
        var page = await directory.PageAsync<Cell>(call, request.PageSize, request.PageToken, request.Area);
        return new() { Cells = { page.Items.Select(cell => cell.ToProto(call.District)) }, NextPageToken = page.NextPageToken ?? string.Empty };
    }

    public override async Task<V1.UpdateCellResponse> UpdateCell(V1.UpdateCellRequest request, ServerCallContext context)
    {
        var call = EdgeCall.Of(context);
        var code = call.Id<AreaCode>(request.Cell.Name, ResourceNames.Cells, "cell.name").ToString();
        var outcome = await Revisions.ReviseAsync<V1.Cell>(
            call.Revision(request.Cell.Etag, "cell.etag"),
            async () => (await directory.FindAsync<Cell>(call, code, "cell.name")).ToProto(call.District),
            current => UpdateMask.Apply(current, request.Cell, request.UpdateMask, CellMapping.Changeable),
            current => Etags.TryParse(current.Etag, out var revision) ? revision : 0,
            async (changed, condition) => await DefineAsync(call, changed.ToDraft(1, code), condition) is { } refusal
                ? refusal
                : (await directory.FindAsync<Cell>(call, code, "cell.name")).ToProto(call.District));
        return new() { Cell = outcome.OrThrow(CellMapping.Names) };
    }

    public override async Task<V1.ImportCellsResponse> ImportCells(V1.ImportCellsRequest request, ServerCallContext context)
    {
        var call = EdgeCall.Of(context);
        call.CheckParent(request.Parent);
        RowImport.CheckCount(request.Rows.Count, Limits.CellsPerImportMax);
        var drafts = request.Rows.Select((row, i) => (row.Cell ?? new()).ToDraft(RowImport.NumberOf(row.Row, i), row.CellId)).ToArray();
        var result = await grains.Grid(call.District).Import(drafts, RowImport.Condition(request.DryRun), call.Command).WaitAsync(call.Cancellation);
        return new()
        {
            Summary = new()
            {
                Created = result.Created,
                Changed = result.Changed,
                Unchanged = result.Unchanged,
                DryRun = request.DryRun,
                Refusals = { result.Refusals.Select(ToProto) },
                Warnings = { result.Warnings.Select(ToProto) },
            },
        };
    }

    private async Task<Refusal?> DefineAsync(EdgeCall call, CellDraft draft, WriteCondition condition)
    {
        var result = await grains.Grid(call.District).Import([draft], condition, call.Command).WaitAsync(call.Cancellation);
        return result.Refusals.Length == 0 ? null : result.Refusals[0].Refusal;
    }

    private static V1.RowRefusal ToProto(RowRefusal refused) =>
        RowImport.Row(refused.Row, refused.Id, CellMapping.Names.InRecord(refused.Refusal));
}
