using SmartCommunity.Domain.Areas;

namespace SmartCommunity.Grpc.Calls;

/// <summary>Who calls: the operator, or an API key of one district.</summary>
/// <param name="Actor">As the journal names it: <c>operator</c> or <c>key:{id}</c>.</param>
/// <param name="District">The key's district; null for the operator.</param>
/// <param name="Credential">The credential's text. It derives repeatable secrets and is never stored or logged.</param>
internal sealed record Caller(string Actor, AreaCode? District, string Credential)
{
    public bool IsOperator => District is null;

    public override string ToString() => Actor;
}
