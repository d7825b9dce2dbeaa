using SmartCommunity.Domain.Alarms;
using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.Catalogue;
using SmartCommunity.Domain.DeviceCommands;
using SmartCommunity.Domain.Devices;

namespace SmartCommunity.Domain.Twins;

/// <summary>The body of a twin's own view row, whose due time wakes it.</summary>
public sealed record TwinRow(TwinKey Key, AreaCode Area);

/// <summary>When a device wants to be looked at again.</summary>
internal static class TwinDue
{
    public const long Never = long.MaxValue;

    public static long Of(Device device, bool online, long lastSeenMs, RuleTrack[] tracks, DeviceCommand[] commands, DistrictCatalogue catalogue)
    {
        if (device.Revoked)
        {
            return Never;
        }

        var next = SilentAt(device, online, lastSeenMs, catalogue);
        foreach (var track in tracks)
        {
            foreach (var clock in track.Clocks)
            {
                next = Math.Min(next, clock.DueMs);
            }
        }

        foreach (var command in commands)
        {
            next = Math.Min(next, command.ExpiresAt.ToUnixTimeMilliseconds());
        }

        return next;
    }

    /// <summary>When a device that says nothing more counts as offline.</summary>
    public static long SilentAt(Device device, bool online, long lastSeenMs, DistrictCatalogue catalogue) =>
        online && lastSeenMs != long.MinValue && catalogue.Profile(device.Profile) is { } profile
            ? lastSeenMs + (profile.OfflineAfterSeconds * 1000L)
            : Never;
}
