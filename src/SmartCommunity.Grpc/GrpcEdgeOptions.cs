using System.ComponentModel.DataAnnotations;

namespace SmartCommunity.Grpc;

/// <summary>Limits and credentials of the gRPC and REST edge. Section <c>Grpc</c> of the configuration; validated at start.</summary>
public sealed record GrpcEdgeOptions
{
    /// <summary>Largest request message, bytes: every rpc but the imports.</summary>
    [Range(1024, 64 * 1024 * 1024)]
    public int RequestBytesMax { get; init; } = 4 * 1024 * 1024;

    /// <summary>Largest request message of an import, bytes.</summary>
    [Range(1024, 64 * 1024 * 1024)]
    public int ImportBytesMax { get; init; } = 16 * 1024 * 1024;

    /// <summary>How long a unary call may take, seconds, whatever deadline the caller set.</summary>
    [Range(1, 600)]
    public int UnarySecondsMax { get; init; } = 30;

    /// <summary>How long an import may take, seconds.</summary>
    [Range(1, 600)]
    public int ImportSecondsMax { get; init; } = 120;

    /// <summary>The credential of an open watch is checked again this often, seconds.</summary>
    [Range(1, 3_600)]
    public int CredentialCheckSeconds { get; init; } = 5;

    /// <summary>Open watches of one API key.</summary>
    [Range(1, 100_000)]
    public int WatchesPerKeyMax { get; init; } = 64;

    /// <summary>Open watches of one connection.</summary>
    [Range(1, 1_000)]
    public int WatchesPerConnectionMax { get; init; } = 16;

    /// <summary>What a caller is told to wait when the store or the silo is unavailable, seconds.</summary>
    [Range(1, 600)]
    public int RetrySeconds { get; init; } = 1;

    /// <summary>Origins of other hosts whose pages may call gRPC-Web and REST, with commas between them (<c>https://a.example, https://b.example:8443</c>); empty: none but this host's own.</summary>
    [RegularExpression(@"^(https?://[^\s,/*]+([ ,]+https?://[^\s,/*]+)*)?$")]
    public string WebOrigins { get; init; } = string.Empty;

    /// <summary>SHA-256 of the operator key, lower-case hex; empty: there is no operator. Only the operator opens districts.</summary>
    [RegularExpression("^([0-9a-f]{64})?$")]
    public string OperatorKeyHash { get; init; } = string.Empty;
}
