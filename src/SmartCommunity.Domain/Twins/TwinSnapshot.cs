using System.Text.Json;
using SmartCommunity.Domain.Alarms;
using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.Buildings;
using SmartCommunity.Domain.DeviceCommands;
using SmartCommunity.Domain.Devices;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Domain.Wire;

namespace SmartCommunity.Domain.Twins;

/// <summary>A twin's state as kept in snapshots. <paramref name="Version"/>: see <see cref="TwinSnapshotCodec"/>.</summary>
internal sealed record TwinSnapshot(
    int Version, TwinKey Key, AreaCode District, AreaCode Area, Building? Building, long RecordedMs, DeviceSnapshot[] Devices, Alarm[] Alarms);

internal sealed record DeviceSnapshot(
    Device Device, bool Online, long LastSeenMs, ulong StateHash, MetricSnapshot[] Metrics, TrackSnapshot[] Tracks, WindowSnapshot? Window,
    DeviceCommand[]? Commands, long CommandsIssued);

internal sealed record MetricSnapshot(string Metric, string? Message, double Value, double Judged, long AtMs, long ReceivedMs);

internal sealed record TrackSnapshot(RuleId Rule, AlarmLevel Level, AlarmId? Alarm, int Raised, RuleClock[] Clocks);

internal sealed record WindowSnapshot(ulong[] Keys, ulong[] Contents, long[] Times, long ForgottenMs);

/// <summary>
/// Writes and reads snapshots as JSON. A snapshot only shortens a replay: one of another version is not read, the caller replays from the start.
/// </summary>
public static class TwinSnapshotCodec
{
    /// <summary>Goes up with every change of shape or of the hashes in the deduplication window.</summary>
    public const int Version = 2;

    public static byte[] Encode(TwinState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        return JsonSerializer.SerializeToUtf8Bytes(state.ToSnapshot(), WireJson.Shared.TwinSnapshot);
    }

    /// <summary>The state, or null when the bytes are of another version or no snapshot at all.</summary>
    public static TwinState? Decode(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var snapshot = JsonSerializer.Deserialize(bytes, WireJson.Shared.TwinSnapshot);
            return snapshot is { Version: Version } ? TwinState.FromSnapshot(snapshot) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
