namespace SmartCommunity.Domain.Volunteers;

public abstract record VolunteerEvent : DomainEvent;

/// <summary>Registered or changed; the whole profile as it now is.</summary>
public sealed record VolunteerDefined(Volunteer Volunteer) : VolunteerEvent;

public sealed record VolunteerPresenceReported(VolunteerPresence Presence) : VolunteerEvent;
