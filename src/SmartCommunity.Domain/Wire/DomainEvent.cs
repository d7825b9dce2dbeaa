namespace SmartCommunity.Domain;

/// <summary>Something that happened, in the past tense and with one meaning. Its stable wire name stands in <c>Wire/WireNames.cs</c>.</summary>
public abstract record DomainEvent;
