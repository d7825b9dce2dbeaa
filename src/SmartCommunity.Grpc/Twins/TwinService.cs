using Grpc.Core;
using Orleans;
using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.Buildings;
using SmartCommunity.Domain.Cells;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Domain.Twins;
using SmartCommunity.Grains;
using SmartCommunity.Grains.Directory;
using SmartCommunity.Grpc.Calls;
using SmartCommunity.Grpc.Refusals;
using SmartCommunity.Grpc.Requests;

namespace SmartCommunity.Grpc.Twins;

internal sealed class TwinService(IDirectory directory, IGrainFactory grains) : V1.TwinService.TwinServiceBase
{
    // Which list a page token goes on in.
    private const string BuildingsMark = "b.";
    private const string CellsMark = "c.";

    public override async Task<V1.GetTwinResponse> GetTwin(V1.GetTwinRequest request, ServerCallContext context)
    {
        var call = EdgeCall.Of(context);
        if (!ResourceNames.TryTwin(request.Name, out _, out var key))
        {
            throw RefusalStatus.ToException(Answers.Malformed(
                "name", "The name of a twin is asked for.", $"Write districts/{call.District}/buildings/ or districts/{call.District}/cells/, the id, and /twin."));
        }

        var reader = new RequestReader(call.District);
        var instant = reader.Instant(request.ReadTime, "read_time");
        if (reader.Refusal is { } refusal)
        {
            throw RefusalStatus.ToException(refusal);
        }

        // Looked up first, so that a guessed id wakes no grain.
        await CheckExistsAsync(call, key);
        var twin = grains.Twin(call.District, key);
        var outcome = await (instant is { } at ? twin.GetAt(at) : twin.Get()).WaitAsync(call.Cancellation);
        return new() { Twin = outcome.OrThrow(TwinMapping.Names).ToProto(call.District) };
    }

    public override async Task<V1.ListTwinsResponse> ListTwins(V1.ListTwinsRequest request, ServerCallContext context)
    {
        var call = EdgeCall.Of(context);
        call.CheckParent(request.Parent);
        var (keys, next) = request.PageToken switch
        {
            "" => await BuildingsAsync(call, request, string.Empty),
            var token when token.StartsWith(BuildingsMark, StringComparison.Ordinal) => await BuildingsAsync(call, request, token[BuildingsMark.Length..]),
            var token when token.StartsWith(CellsMark, StringComparison.Ordinal) => await CellsAsync(call, request, token[CellsMark.Length..]),
            _ => throw RefusalStatus.ToException(Pages.BadToken),
        };
        var twins = new V1.Twin?[keys.Length];
        await Parallel.ForEachAsync(
            Enumerable.Range(0, keys.Length),
            new ParallelOptions { MaxDegreeOfParallelism = ApiLimits.ParallelGrainCallsMax, CancellationToken = call.Cancellation },
            async (i, _) =>
            {
                var outcome = await grains.Twin(call.District, keys[i]).Get().WaitAsync(call.Cancellation);
                twins[i] = outcome.IsRefused ? null : outcome.Value.ToProto(call.District);
            });
        return new() { Twins = { twins.OfType<V1.Twin>() }, NextPageToken = next };
    }

    private async Task<(TwinKey[] Keys, string Next)> BuildingsAsync(EdgeCall call, V1.ListTwinsRequest request, string token)
    {
        var page = await directory.PageAsync<Building>(call, request.PageSize, token, request.Area);
        return ([.. page.Items.Select(building => TwinKey.Of(building.Id))], page.NextPageToken is { } next ? BuildingsMark + next : CellsMark);
    }

    private async Task<(TwinKey[] Keys, string Next)> CellsAsync(EdgeCall call, V1.ListTwinsRequest request, string token)
    {
        var page = await directory.PageAsync<Cell>(call, request.PageSize, token, request.Area);
        return ([.. page.Items.Select(cell => TwinKey.Of(cell.Code))], page.NextPageToken is { } next ? CellsMark + next : string.Empty);
    }

    private async Task CheckExistsAsync(EdgeCall call, TwinKey key)
    {
        var id = key.ToString()[(key.ToString().IndexOf('/', StringComparison.Ordinal) + 1)..];
        if (key.IsBuilding)
        {
            await directory.FindAsync<Building>(call, id, "name");
        }
        else
        {
            await directory.FindAsync<Cell>(call, id, "name");
        }
    }
}
