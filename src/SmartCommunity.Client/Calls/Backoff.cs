using Grpc.Core;

namespace SmartCommunity.Client.Calls;

/// <summary>Pauses that double, with a random part so that many clients do not come back at the same instant.</summary>
internal sealed class Backoff(SmartCommunityOptions options)
{
    private TimeSpan next = options.PauseMin;

    public void Reset() => next = options.PauseMin;

    /// <summary>The pause before the next attempt; never shorter than what the platform asked for.</summary>
    public TimeSpan Next(TimeSpan? asked)
    {
        var pause = next * (0.5 + (Random.Shared.NextDouble() / 2));
        next = next * 2 < options.PauseMax ? next * 2 : options.PauseMax;
        return asked > pause ? asked.Value : pause;
    }

    /// <summary>
    /// True when the same call may succeed a little later: the platform says so, or the connection broke. The transport tells a broken connection under
    /// several codes, but always with the exception that it saw; the platform's own answers never carry one.
    /// </summary>
    public static bool IsPassing(RpcException failure) =>
        failure.StatusCode == StatusCode.Unavailable
        || failure is SmartCommunityException { RetryAfter: not null }
        || (failure.Status.DebugException is not null and not OperationCanceledException
            && failure.StatusCode is StatusCode.Internal or StatusCode.Unknown or StatusCode.Cancelled);
}
