namespace SmartCommunity.Grains.Observing;

/// <summary>
/// The clock of this room. Its own type, because Orleans takes any <see cref="TimeProvider"/> it finds for its membership protocol, which does not
/// survive a clock that tests move.
/// </summary>
internal sealed record RoomClock(TimeProvider Time);
