using SmartCommunity.Domain.Twins;

namespace SmartCommunity.Domain.Buildings;

/// <summary>Created or changed; the whole building as it now is. In the stream of its twin.</summary>
public sealed record BuildingDefined(Building Building) : TwinEvent;
