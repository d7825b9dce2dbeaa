namespace SmartCommunity.Edge.Tests.Grpc;

/// <summary>Names the rpcs that a test calls (<c>BuildingService.CreateBuilding</c>); <see cref="ContractTests"/> counts them.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class CoversAttribute(params string[] rpcs) : Attribute
{
    public string[] Rpcs { get; } = rpcs;
}
