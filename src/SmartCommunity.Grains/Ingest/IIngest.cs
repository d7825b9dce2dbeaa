using SmartCommunity.Domain.Devices;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Domain.Twins;

namespace SmartCommunity.Grains.Ingest;

/// <summary>
/// Where the device edges put messages. One lane a twin: while a batch of the lane is on its way to the disk the next one gathers; there is no
/// timer. Order inside a device is kept.
/// </summary>
public interface IIngest
{
    /// <summary>
    /// Queues a message. False: the lane or the silo is full; nothing was taken, stop reading and try again. After true exactly one of the
    /// receipt's methods is called, on any thread.
    /// </summary>
    bool TryPost(DeviceRoute route, in DeviceMessage message, IIngestReceipt receipt, long ticket);
}

/// <summary>Hears what became of posted messages. Called on store or grain threads: must be short, must not throw.</summary>
public interface IIngestReceipt
{
    /// <summary>The effect (or the quarantine entry) is durable.</summary>
    void Complete(long ticket, in MessageOutcome outcome);

    /// <summary>Nothing may be acknowledged: the store is unavailable or the outcome is unknown. The sender will repeat it.</summary>
    void Fail(long ticket);
}

/// <summary>Where a device's messages go: resolved once a connection, then cached until the directory says that it changed.</summary>
/// <param name="Gateway">The device whose connection may speak for it; null for none.</param>
public sealed record DeviceRoute(string District, DeviceId Device, TwinKey Twin, DeviceProfile Profile, DeviceId? Gateway = null);

/// <summary>Finds devices by credential and tells the edges when one changes.</summary>
public interface IDeviceDirectory
{
    /// <summary>The live device with this token, or null (unknown and revoked are not told apart).</summary>
    ValueTask<DeviceRoute?> FindByTokenAsync(string token, CancellationToken cancellation);

    /// <summary>The live device with this user name and password, or null (unknown, revoked and wrong are not told apart).</summary>
    ValueTask<DeviceRoute?> FindByPasswordAsync(string userName, string password, CancellationToken cancellation);

    /// <summary>Current route of a device, or null when it is unknown or revoked.</summary>
    ValueTask<DeviceRoute?> FindAsync(string district, DeviceId device, CancellationToken cancellation);

    /// <summary>Calls back with (district, device) after a device was changed or revoked, or (district, null) when the catalogue changed.</summary>
    IDisposable OnChanged(Action<string, DeviceId?> changed);
}
