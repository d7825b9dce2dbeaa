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
    private static readonly object Key = new();

    /// <summary>The district's code as the storage names it.</summary>
    public string DistrictCode => District.ToString();

    /// <summary>The context of one row of an import: its own request id, so that its answer is remembered by itself.</summary>
    /// <param name="index">Place of the row in the request.</param>
    /// <param name="fingerprint">Hash of the row.</param>
    public CommandContext Row(int index, ulong fingerprint) => Command.RequestId is null
        ? Command
        : Command with { RequestId = string.Create(CultureInfo.InvariantCulture, $"{Command.RequestId}/{index}"), Fingerprint = fingerprint };

    public static EdgeCall Of(ServerCallContext context) => (EdgeCall)context.UserState[Key];

    internal void AttachTo(ServerCallContext context) => context.UserState[Key] = this;
}
