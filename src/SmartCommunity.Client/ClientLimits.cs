namespace SmartCommunity.Client;

/// <summary>Limits of the client that nobody needs to set.</summary>
public static class ClientLimits
{
    /// <summary>Largest message either way, bytes; an import of 10,000 polygons must fit.</summary>
    public const int MessageBytesMax = 64 * 1024 * 1024;

    /// <summary>Seconds of silence on a connection after which it is asked whether it lives.</summary>
    public const int PingAfterSeconds = 10;

    /// <summary>Seconds in which that question must be answered; else the connection is given up.</summary>
    public const int PingAnswerSecondsMax = 5;

    /// <summary>Seconds in which a connection must stand.</summary>
    public const int ConnectSecondsMax = 5;
}
