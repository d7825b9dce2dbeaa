namespace SmartCommunity.Grpc;

/// <summary>Fixed limits of the public contract; they stand in the comments of the protos too.</summary>
public static class ApiLimits
{
    /// <summary>Largest page.</summary>
    public const int PageSizeMax = 1_000;

    /// <summary>Page size when the caller names none.</summary>
    public const int PageSizeDefault = 100;

    /// <summary>Longest page token, characters.</summary>
    public const int PageTokenCharsMax = 512;

    /// <summary>Rows of one import of buildings, volunteers or devices.</summary>
    public const int ImportRowsMax = 1_000;

    /// <summary>Buckets of one downsampling.</summary>
    public const int BucketsMax = 10_000;

    /// <summary>Events of one response of a watch; a longer batch is cut into several.</summary>
    public const int WatchEventsMax = 500;

    /// <summary>Grain calls that one request keeps under way at the same time.</summary>
    public const int ParallelGrainCallsMax = 32;

    /// <summary>Time to live of a command when the caller names none.</summary>
    public const int CommandSecondsDefault = 60;

    /// <summary>Longest API key or device token that is looked at, characters.</summary>
    public const int CredentialCharsMax = 256;

    /// <summary>Shortest device token a caller may choose, characters.</summary>
    public const int TokenCharsMin = 26;

    /// <summary>Longest device token a caller may choose, characters.</summary>
    public const int TokenCharsMax = 128;

    /// <summary>Shortest device password a caller may choose, characters.</summary>
    public const int PasswordCharsMin = 12;

    /// <summary>Longest device password a caller may choose, characters.</summary>
    public const int PasswordCharsMax = 128;
}
