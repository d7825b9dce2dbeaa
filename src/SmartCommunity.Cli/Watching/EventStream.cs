using System.Runtime.CompilerServices;
using Grpc.Core;
using SmartCommunity.Cli.Connections;
using SmartCommunity.V1;

namespace SmartCommunity.Cli.Watching;

/// <summary>
/// The live feed as one endless sequence: when the server goes away it is dialled again with the last cursor, so nothing is missed and nothing
/// comes twice. The first dial must succeed.
/// </summary>
internal static class EventStream
{
    public static readonly TimeSpan RedialAfterMin = TimeSpan.FromMilliseconds(300);

    public static readonly TimeSpan RedialAfterMax = TimeSpan.FromSeconds(10);

    /// <param name="server">Where to watch.</param>
    /// <param name="request">Its cursor is moved on as responses come.</param>
    /// <param name="clock">Paces the redial.</param>
    /// <param name="lost">Called when the server went away, with the wait before the next dial.</param>
    /// <param name="cancellation">Ends it.</param>
    public static async IAsyncEnumerable<WatchEventsResponse> ReadAsync(
        Server server,
        WatchEventsRequest request,
        TimeProvider clock,
        Action<TimeSpan> lost,
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        var everAnswered = false;
        var wait = RedialAfterMin;
        while (true)
        {
            using var call = server.Events.WatchEvents(request, cancellationToken: cancellation);
            while (true)
            {
                try
                {
                    if (!await call.ResponseStream.MoveNext(cancellation))
                    {
                        break;
                    }
                }
                catch (RpcException failure) when (failure.StatusCode == StatusCode.Unavailable && everAnswered)
                {
                    break;
                }

                everAnswered = true;
                wait = RedialAfterMin;
                request.Cursor = call.ResponseStream.Current.Cursor;
                yield return call.ResponseStream.Current;
            }

            lost(wait);
            await Task.Delay(wait, clock, cancellation);
            wait = wait * 2 < RedialAfterMax ? wait * 2 : RedialAfterMax;
        }
    }
}
