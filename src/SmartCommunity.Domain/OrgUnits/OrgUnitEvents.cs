namespace SmartCommunity.Domain.OrgUnits;

/// <summary>Created or changed; the whole unit as it now is.</summary>
public sealed record OrgUnitDefined(OrgUnit Unit) : DomainEvent;
