using System.Runtime.CompilerServices;
using Grpc.Core;
using SmartCommunity.Client.Calls;
using SmartCommunity.V1;

namespace SmartCommunity.Client.Watching;

/// <summary>
/// The live feed as one endless sequence of responses. When the connection goes it is dialled again with the cursor of the last response, so nothing is missed and
/// nothing comes twice.
/// </summary>
internal sealed class EventWatch(EventService.EventServiceClient events, SmartCommunityOptions options, TimeProvider clock, Action<WatchBreak>? broken)
{
    private readonly Backoff backoff = new(options);
    private bool hasEverAnswered;

    public async IAsyncEnumerable<WatchEventsResponse> ReadAsync(WatchEventsRequest request, [EnumeratorCancellation] CancellationToken cancellation)
    {
        while (true)
        {
            SmartCommunityException? failure;
            using (var silence = new CancellationTokenSource(Timeout.InfiniteTimeSpan, clock))
            using (var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation, silence.Token))
            using (var call = events.WatchEvents(request, cancellationToken: ending.Token))
            {
                while (true)
                {
                    // Only while we listen: a caller that takes its time over an event is no silence.
                    silence.CancelAfter(options.WatchSilenceMax);
                    (var heard, failure) = await HearAsync(call.ResponseStream, silence.Token, cancellation);
                    silence.CancelAfter(Timeout.InfiniteTimeSpan);
                    if (heard is null)
                    {
                        break;
                    }

                    hasEverAnswered = true;
                    backoff.Reset();
                    yield return heard;
                    request.Cursor = heard.Cursor;
                }
            }

            var pause = backoff.Next(failure?.RetryAfter);
            broken?.Invoke(new(failure, pause, hasEverAnswered));
            await Task.Delay(pause, clock, cancellation);
        }
    }

    /// <summary>The next response; or none, with what broke the stream if anything told. What does not pass by itself is thrown.</summary>
    private async Task<(WatchEventsResponse? Heard, SmartCommunityException? Failure)> HearAsync(
        IAsyncStreamReader<WatchEventsResponse> stream, CancellationToken silence, CancellationToken cancellation)
    {
        try
        {
            return (await stream.MoveNext(CancellationToken.None) ? stream.Current : null, null);
        }
        catch (SmartCommunityException failure) when (!cancellation.IsCancellationRequested && (silence.IsCancellationRequested || Passes(failure)))
        {
            return (null, silence.IsCancellationRequested ? null : failure);
        }
        catch (RpcException) when (cancellation.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellation);
        }
    }

    /// <summary>A limit that is reached at the first dial is the caller's to know; later it is our own dead stream that still counts.</summary>
    private bool Passes(SmartCommunityException failure) =>
        Backoff.IsPassing(failure) && (hasEverAnswered || failure.StatusCode != StatusCode.ResourceExhausted);
}
