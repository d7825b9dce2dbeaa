using SmartCommunity.Domain.Alarms;
using SmartCommunity.Domain.Cells;
using SmartCommunity.Domain.Devices;

namespace SmartCommunity.Domain.Districts;

/// <summary>Stream <c>district</c>: settings and catalogue. Stream <c>grid</c>: area names and cells.</summary>
public abstract record DistrictEvent : DomainEvent;

public sealed record DistrictOpened(District District) : DistrictEvent;

public sealed record DistrictChanged(District District) : DistrictEvent;

/// <summary>Created or changed; the whole profile as it now is.</summary>
public sealed record ProfileDefined(DeviceProfile Profile) : DistrictEvent;

/// <summary>Created or changed; the whole rule as it now is.</summary>
public sealed record RuleDefined(AlarmRule Rule) : DistrictEvent;

/// <summary>An API key of the district. Only the hash (SHA-256, lower-case hex) is kept.</summary>
public sealed record ApiKeyIssued(string KeyId, string KeyHash, string Name) : DistrictEvent;

public sealed record ApiKeyRevoked(string KeyId) : DistrictEvent;

public sealed record AreaNamed(AreaName Area) : DistrictEvent;

/// <summary>Created or redrawn; the whole cell as it now is.</summary>
public sealed record CellDefined(Cell Cell) : DistrictEvent;
