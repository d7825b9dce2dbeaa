using SmartCommunity.Domain.Alarms;
using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.Devices;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Domain.Quarantine;
using SmartCommunity.Domain.Reports;

namespace SmartCommunity.Domain.Twins;

/// <summary>What can happen to a twin. Readings are not among them: they stand in their own table and are folded in by position.</summary>
public abstract record TwinEvent : DomainEvent;

public sealed record DeviceMounted(Device Device) : TwinEvent;

/// <summary>Name, profile or gateway changed.</summary>
public sealed record DeviceChanged(Device Device) : TwinEvent;

/// <summary>Another token, or another user name or password.</summary>
public sealed record DeviceTokenRotated(DeviceId Device, string TokenHash, string? UserName = null) : TwinEvent;

public sealed record DeviceRevoked(DeviceId Device) : TwinEvent;

public sealed record DeviceCameOnline(DeviceId Device, AreaCode Area) : TwinEvent;

/// <summary>Silent for longer than its profile allows, or its will said so.</summary>
public sealed record DeviceWentOffline(DeviceId Device, AreaCode Area, DateTimeOffset LastSeen) : TwinEvent;

/// <summary>A value went beyond (or came back from) a step of a rule; the clock of that step begins.</summary>
/// <param name="Target">The level that will hold when the clock runs out.</param>
/// <param name="DueAt">When it runs out.</param>
public sealed record AlarmClockStarted(DeviceId Device, RuleId Rule, AlarmLevel Target, double Value, DateTimeOffset DueAt) : TwinEvent;

/// <summary>The value changed sides before the clock ran out.</summary>
public sealed record AlarmClockStopped(DeviceId Device, RuleId Rule, AlarmLevel Target) : TwinEvent;

public sealed record AlarmRaised(Alarm Alarm) : TwinEvent;

/// <summary>Up or down while open.</summary>
public sealed record AlarmLevelChanged(AlarmId Alarm, DeviceId Device, RuleId Rule, AreaCode Area, AlarmLevel From, AlarmLevel To, double Value) : TwinEvent;

public sealed record AlarmAcknowledged(AlarmId Alarm, string By, string? Note) : TwinEvent;

public sealed record AlarmClosed(AlarmId Alarm, DeviceId Device, RuleId Rule, AreaCode Area, AlarmLevel From, string By, string? Note) : TwinEvent;

/// <summary>A discrete device event (smoke, SOS button, door). <paramref name="Body"/> is the payload object as JSON text.</summary>
public sealed record DeviceEventReceived(DeviceId Device, AreaCode Area, string MessageId, string Name, string Body) : TwinEvent;

/// <summary>Birth or last will, as sent.</summary>
public sealed record DeviceStateReceived(DeviceId Device, AreaCode Area, bool Online, string Body) : TwinEvent;

public sealed record ReportReceived(Report Report) : TwinEvent;

public sealed record MessageQuarantined(QuarantinedMessage Message) : TwinEvent;
