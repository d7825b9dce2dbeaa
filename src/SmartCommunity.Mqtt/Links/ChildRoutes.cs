using System.Collections.Concurrent;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Grains.Ingest;

namespace SmartCommunity.Mqtt.Links;

/// <summary>
/// The devices that connections speak for beside their own. What was looked up is kept, also that there is no such device, until the directory says
/// that it changed: so a device taken from behind its gateway is refused from the next packet on.
/// </summary>
internal sealed class ChildRoutes : IDisposable
{
    /// <summary>Beyond this many the cache starts anew.</summary>
    public const int EntriesMax = 65_536;

    private const int LookupsAtOnceMax = 16;

    private readonly ConcurrentDictionary<(string District, string Device), Task<DeviceContext?>> entries = new();
    private readonly IDeviceDirectory directory;
    private readonly IDisposable changes;

    public ChildRoutes(IDeviceDirectory directory)
    {
        this.directory = directory;
        changes = directory.OnChanged(OnChanged);
    }

    /// <summary>Devices remembered now.</summary>
    public int Count => entries.Count;

    /// <summary>False: not looked up yet. The context is null when there is no such device, or when another than <paramref name="gateway"/> speaks for it.</summary>
    public bool TryGet(DeviceRoute gateway, string device, out DeviceContext? context)
    {
        var isKnown = entries.TryGetValue((gateway.District, device), out var entry) && entry.IsCompletedSuccessfully;
        context = isKnown && entry!.Result is { } found && found.Route.Gateway == gateway.Device ? found : null;
        return isKnown;
    }

    /// <summary>Looks devices up. Throws what the directory throws.</summary>
    public Task FindAsync(string district, IEnumerable<string> devices, CancellationToken cancellation)
    {
        if (entries.Count > EntriesMax)
        {
            entries.Clear();
        }

        var options = new ParallelOptions { MaxDegreeOfParallelism = LookupsAtOnceMax, CancellationToken = cancellation };
        return Parallel.ForEachAsync(devices, options, async (device, stop) => await FindAsync(district, device, stop));
    }

    public void Dispose() => changes.Dispose();

    private async Task<DeviceContext?> FindAsync(string district, string device, CancellationToken cancellation)
    {
        // Entered before it is read: a change that is told while the directory reads takes the entry out, and it is asked for again.
        var key = (district, device);
        var answer = new TaskCompletionSource<DeviceContext?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var entry = entries.GetOrAdd(key, answer.Task);
        if (entry != answer.Task)
        {
            return await entry.WaitAsync(cancellation);
        }

        try
        {
            var route = DeviceId.TryParse(device, out var id) ? await directory.FindAsync(district, id, cancellation) : null;
            answer.SetResult(route is null ? null : new DeviceContext(route));
        }
        catch (Exception e)
        {
            entries.TryRemove(new(key, answer.Task));
            answer.SetException(e);
        }

        return await answer.Task;
    }

    private void OnChanged(string district, DeviceId? device)
    {
        if (device is { } one)
        {
            entries.TryRemove((district, one.ToString()), out _);
            return;
        }

        foreach (var (key, _) in entries)
        {
            if (key.District == district)
            {
                entries.TryRemove(key, out _);
            }
        }
    }
}
