using System.Globalization;
using Grpc.Core;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Grains.Feed;
using SmartCommunity.Grpc.Calls;
using SmartCommunity.Grpc.Refusals;
using SmartCommunity.Grpc.Requests;
using SmartCommunity.Storage;

namespace SmartCommunity.Grpc.Events;

internal sealed class EventService(
    IFeed feed,
    IJournal journal,
    WatchSlots slots,
    Authenticator authenticator,
    CallFaults faults,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    IOptions<GrpcEdgeOptions> options) : V1.EventService.EventServiceBase
{
    // Numbers are the same in proto and feed.
    private static readonly int[] Kinds = [.. Enum.GetValues<FeedKind>().Where(kind => kind != FeedKind.None).Select(kind => (int)kind)];

    public override async Task WatchEvents(V1.WatchEventsRequest request, IServerStreamWriter<V1.WatchEventsResponse> responseStream, ServerCallContext context)
    {
        var call = EdgeCall.Of(context);
        call.CheckParent(request.Parent);
        var filter = Filter(call, request);
        var after = ReadCursor(request.Cursor);
        using var slot = slots.Enter(call.Caller.Actor, context.GetHttpContext().Connection.Id).OrThrow();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, lifetime.ApplicationStopping);
        try
        {
            await WatchAsync(call, filter, after, responseStream, ending.Token);
        }
        catch (TooManyWatchersException full)
        {
            throw RefusalStatus.ToException(full.Refusal);
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            throw faults.SiloUnavailable();
        }

        // The feed ends by itself only when the silo stops.
        throw faults.SiloUnavailable();
    }

    private async Task WatchAsync(
        EdgeCall call, FeedFilter filter, long? after, IServerStreamWriter<V1.WatchEventsResponse> stream, CancellationToken cancellation)
    {
        // Ahead of the log, for example after a restore: a watch from there would leave out without a word what is committed until the log gets there.
        if (after > journal.CommittedPosition)
        {
            throw NoSuchCursor();
        }

        // The first answer tells a cursor at once: whoever is cut off before the first event has something to resume from.
        var start = after ?? journal.CommittedPosition;
        await stream.WriteAsync(new() { Cursor = Cursor(start) }, cancellation);
        var checkedAt = time.GetTimestamp();
        await foreach (var batch in feed.WatchAsync(call.DistrictCode, filter, start, cancellation))
        {
            if (time.GetElapsedTime(checkedAt).TotalSeconds >= options.Value.CredentialCheckSeconds)
            {
                checkedAt = time.GetTimestamp();
                if (!await authenticator.IsStillValidAsync(call.Caller, cancellation))
                {
                    throw RefusalStatus.ToException(EdgeInterceptor.Unauthenticated);
                }
            }

            await WriteAsync(call, batch, stream, cancellation);
        }
    }

    private static async Task WriteAsync(
        EdgeCall call, FeedBatch batch, IServerStreamWriter<V1.WatchEventsResponse> stream, CancellationToken cancellation)
    {
        var chunks = batch.Items.Chunk(ApiLimits.WatchEventsMax).ToArray();
        for (var i = 0; i < chunks.Length; i++)
        {
            // Only the last part may promise the batch's own cursor, which also covers what the filter left out.
            var cursor = i == chunks.Length - 1 ? batch.Cursor : chunks[i][^1].Entry.Position;
            var events = chunks[i].Select(item => EventMapping.ToProto(item, call.District));
            await stream.WriteAsync(new() { Events = { events }, Cursor = Cursor(cursor) }, cancellation);
        }

        if (chunks.Length == 0)
        {
            await stream.WriteAsync(new() { Cursor = Cursor(batch.Cursor) }, cancellation);
        }
    }

    private static FeedFilter Filter(EdgeCall call, V1.WatchEventsRequest request)
    {
        var reader = new RequestReader(call.District);
        var area = reader.AreaPrefix(request.Area, "area");
        for (var i = 0; i < request.Kinds.Count; i++)
        {
            reader.Required<V1.EventKind, FeedKind>(request.Kinds[i], $"kinds[{i}]");
        }

        var kinds = request.Kinds.Select(kind => (FeedKind)kind).Where(kind => Kinds.Contains((int)kind)).ToHashSet();
        return reader.Finish(new FeedFilter(area, kinds)).OrThrow();
    }

    private static RpcException NoSuchCursor() => RefusalStatus.ToException(new(
        RefusalCode.BadCursor, "cursor", "The cursor is none that an earlier response gave.", "Leave it out to begin now, or send 0 to begin at the beginning."));

    private static long? ReadCursor(string cursor)
    {
        if (cursor.Length == 0)
        {
            return null;
        }

        return long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out var position)
            ? position
            : throw NoSuchCursor();
    }

    private static string Cursor(long position) => position.ToString(CultureInfo.InvariantCulture);
}
