namespace SmartCommunity.Client;

/// <summary>Where the platform is, who calls, and how patient the client is. Checked when the first client is made.</summary>
public sealed class SmartCommunityOptions
{
    /// <summary>The gRPC port: <c>host:port</c> or <c>http://host:port</c> in clear text, <c>https://host:port</c> with TLS. Required.</summary>
    public string Address { get; set; } = string.Empty;

    /// <summary>The key that the district gave you; sent with every call as <c>x-api-key</c>. Required.</summary>
    public string ApiKey { get; set; } = string.Empty;

    /// <summary>The district the key belongs to: six digits. Required.</summary>
    public string District { get; set; } = string.Empty;

    /// <summary>How long a call may take in all, its repetitions included, when the call itself sets no deadline.</summary>
    public TimeSpan CallTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often a call is sent in all while the platform cannot take it. 1: never again.</summary>
    public int AttemptsMax { get; set; } = 8;

    /// <summary>First pause before a repetition or a reconnection; it doubles each time. The platform's own wish goes before it.</summary>
    public TimeSpan PauseMin { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Longest pause before a repetition or a reconnection.</summary>
    public TimeSpan PauseMax { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// A watch that hears nothing for so long is taken for dead and begun anew: the platform sends a heartbeat about every five seconds.
    /// </summary>
    public TimeSpan WatchSilenceMax { get; set; } = TimeSpan.FromSeconds(20);

    internal Uri Endpoint => new(Address.Contains("://", StringComparison.Ordinal) ? Address : $"http://{Address}");

    /// <summary>What is wrong with the options, as a sentence with its way out; null when nothing is.</summary>
    internal string? Fault() => this switch
    {
        { Address: not { Length: > 0 } } => "Address is missing: set it to host:port of the gRPC port, for example localhost:8081.",
        _ when !IsEndpoint() => $"Address '{Address}' is no gRPC address: write host:port, http://host:port or https://host:port.",
        { ApiKey: not { Length: > 0 } } => "ApiKey is missing: set it to the key that the district gave you.",
        _ when District is not { Length: 6 } || District.AsSpan().ContainsAnyExceptInRange('0', '9') => $"District '{District}' is none: a district has six digits.",
        { AttemptsMax: < 1 } => "AttemptsMax is at least 1.",
        _ when CallTimeout <= TimeSpan.Zero || PauseMin <= TimeSpan.Zero || WatchSilenceMax <= TimeSpan.Zero => "CallTimeout, PauseMin and WatchSilenceMax are longer than nothing.",
        _ when PauseMax < PauseMin => "PauseMax is no shorter than PauseMin.",
        _ => null,
    };

    private bool IsEndpoint() =>
        Uri.TryCreate(Address.Contains("://", StringComparison.Ordinal) ? Address : $"http://{Address}", UriKind.Absolute, out var uri)
        && uri is { Scheme: "http" or "https", Host.Length: > 0 };
}
