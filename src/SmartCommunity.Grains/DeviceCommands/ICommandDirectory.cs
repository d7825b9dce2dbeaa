using SmartCommunity.Domain.DeviceCommands;
using SmartCommunity.Domain.Ids;

namespace SmartCommunity.Grains.DeviceCommands;

/// <summary>
/// What the edges need to carry commands to devices. Told of the commits of this process; with several silos each would be told of all, and the one
/// that holds the device's connection carries.
/// </summary>
public interface ICommandDirectory
{
    /// <summary>The commands of a device that are issued and neither delivered nor ended, in order of issue.</summary>
    ValueTask<IReadOnlyList<DeviceCommand>> WaitingAsync(string district, DeviceId device, CancellationToken cancellation);

    ValueTask<DeviceCommand?> FindAsync(string district, DeviceId device, CommandId command, CancellationToken cancellation);

    /// <summary>Calls back after each commit that issued or moved a command, on the store's thread: must be short, must not throw.</summary>
    IDisposable OnChanged(Action<string, DeviceId, CommandId> changed);
}
