using SmartCommunity.Domain.Ids;
using SmartCommunity.Grains.DeviceCommands;

namespace SmartCommunity.Mqtt.Commands;

/// <summary>
/// Which connection carries the commands of which device: the one that subscribed last; when it goes, the one before it goes on. Wakes it when a commit
/// has issued or moved one. Knows the connections of this process; with several silos each carries for its own.
/// </summary>
internal sealed class CommandDesk(ICommandDirectory directory) : IDisposable
{
    private readonly Lock sync = new();
    private readonly Dictionary<(string District, DeviceId Device), List<CommandCourier>> couriers = [];
    private IDisposable? changes;

    public ICommandDirectory Directory => directory;

    public void Open() => changes = directory.OnChanged(Changed);

    public void Dispose() => changes?.Dispose();

    /// <summary>From now on this one carries.</summary>
    public void Join(CommandCourier courier)
    {
        CommandCourier? before = null;
        lock (sync)
        {
            if (!couriers.TryGetValue(courier.Key, out var line))
            {
                couriers[courier.Key] = line = new(1);
            }

            before = line.Count > 0 ? line[^1] : null;
            line.Add(courier);
        }

        before?.Rest();
        courier.Begin();
    }

    public void Leave(CommandCourier courier)
    {
        CommandCourier? next = null;
        lock (sync)
        {
            if (couriers.TryGetValue(courier.Key, out var line))
            {
                var wasCarrying = line.Count > 0 && line[^1] == courier;
                line.Remove(courier);
                next = wasCarrying && line.Count > 0 ? line[^1] : null;
                if (line.Count == 0)
                {
                    couriers.Remove(courier.Key);
                }
            }
        }

        next?.Begin();
    }

    private void Changed(string district, DeviceId device, CommandId command)
    {
        CommandCourier? courier;
        lock (sync)
        {
            courier = couriers.TryGetValue((district, device), out var line) ? line[^1] : null;
        }

        courier?.Heard(command);
    }
}
