using System.ComponentModel.DataAnnotations;
using SmartCommunity.Domain.Webhooks;

namespace SmartCommunity.Grains.Webhooks;

/// <summary>Limits and times of webhooks; section <c>Webhooks</c>. Every value is checked at start; docs/limits.md lists them.</summary>
public sealed record WebhookOptions
{
    public const string Section = "Webhooks";

    /// <summary>Webhooks may lead to this machine, also over plain http. The demo mode (`Demo:Enabled`) sets it.</summary>
    public bool AllowLoopback { get; init; }

    /// <summary>Webhooks may lead into private and link-local networks.</summary>
    public bool AllowPrivateAddresses { get; init; }

    /// <summary>Webhooks that one silo delivers.</summary>
    [Range(1, 100_000)]
    public int RunningMax { get; init; } = 1_000;

    /// <summary>Events of one webhook that were read and are not answered yet.</summary>
    [Range(1, 10_000)]
    public int WindowEventsMax { get; init; } = 256;

    /// <summary>Requests of one webhook under way at the same time, each of another entity.</summary>
    [Range(1, 256)]
    public int ParallelMax { get; init; } = 8;

    /// <summary>How long one request may take until its answer's headers are there.</summary>
    [Range(1, 60)]
    public int AnswerSecondsMax { get; init; } = 10;

    /// <summary>Wait after the first failure; it doubles with every further one.</summary>
    [Range(1, 60_000)]
    public int RetryFirstMs { get; init; } = 1_000;

    /// <summary>Longest wait between two attempts.</summary>
    [Range(1, 86_400_000)]
    public int RetryMsMax { get; init; } = 300_000;

    /// <summary>Longest wait that a server can ask for with Retry-After.</summary>
    [Range(1, 86_400)]
    public int RetryAfterSecondsMax { get; init; } = 3_600;

    /// <summary>The cursor is written at most this often; what was answered after the last writing is sent again after a crash.</summary>
    [Range(10, 60_000)]
    public int SaveEveryMs { get; init; } = 1_000;

    /// <summary>Which addresses may be reached.</summary>
    internal AddressRule Addresses => new(AllowLoopback, AllowPrivateAddresses);

    /// <summary>True when a connection to the address may be made.</summary>
    public bool Allows(System.Net.IPAddress address) => Addresses.Allows(address);
}
