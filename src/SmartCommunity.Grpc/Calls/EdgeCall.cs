using System.Globalization;
using Grpc.Core;
using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.Commands;

namespace SmartCommunity.Grpc.Calls;

/// <summary>What the interceptor found out about a call before the service sees it.</summary>
/// <param name="District">The district in the request's name, equal to the caller's; default for a call that names none.</param>
/// <param name="Command">Actor, receive time, request id and fingerprint, for the grains.</param>
/// <param name="Cancellation">Ends when the caller goes away or the time for the call is up.</param>
internal sealed record EdgeCall(Caller Caller, AreaCode District, CommandContext Command, CancellationToken Cancellation)
{
    // Not in the context's user state: that is the request's, which Kestrel gives to the next call while a handler that came too late may still run.
    private static readonly AsyncLocal<EdgeCall?> Running = new();

    /// <summary>The district's code as the storage names it.</summary>
    public string DistrictCode => District.ToString();

    /// <summary>The context of one row of an import: its own request id, so that its answer is remembered by itself.</summary>
    /// <param name="index">Place of the row in the request.</param>
    /// <param name="fingerprint">Hash of the row.</param>
    public CommandContext Row(int index, ulong fingerprint) => Command.RequestId is null
        ? Command
        : Command with { RequestId = string.Create(CultureInfo.InvariantCulture, $"{Command.RequestId}/{index}"), Fingerprint = fingerprint };

    /// <summary>The call that a method serves.</summary>
    public static EdgeCall Of(ServerCallContext context) =>
        Running.Value ?? throw new InvalidOperationException($"{context.Method} was reached past the interceptor.");

    /// <summary>From here on the call that runs is this one.</summary>
    internal void Begin() => Running.Value = this;
}
