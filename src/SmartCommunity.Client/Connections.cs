namespace SmartCommunity.Client;

internal static class Connections
{
    /// <summary>Pings find a peer that is gone without a word; without them a call would wait for its deadline.</summary>
    public static SocketsHttpHandler NewHandler() => new()
    {
        KeepAlivePingDelay = TimeSpan.FromSeconds(ClientLimits.PingAfterSeconds),
        KeepAlivePingTimeout = TimeSpan.FromSeconds(ClientLimits.PingAnswerSecondsMax),
        KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
        ConnectTimeout = TimeSpan.FromSeconds(ClientLimits.ConnectSecondsMax),
        PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
        EnableMultipleHttp2Connections = true,
    };
}
