using System.Collections.Concurrent;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Grains.Ingest;
using SmartCommunity.Mqtt.Wire;

namespace SmartCommunity.Mqtt.Links;

/// <summary>
/// The live connections, and what of them must be looked up again because the directory has changed: a revoked device is cut off, any other gets
/// its new route; a gateway hears no more of a device that is no longer behind it.
/// </summary>
internal sealed class LinkRegistry : IDisposable
{
    private readonly ConcurrentDictionary<MqttLink, byte> all = new();
    private readonly Lock sync = new();
    private readonly Dictionary<(string District, DeviceId Device), List<MqttLink>> byDevice = [];
    private readonly Dictionary<(string District, DeviceId Device), HashSet<MqttLink>> byHeard = [];
    private readonly HashSet<(string District, DeviceId Device)> stale = [];
    private readonly SemaphoreSlim work = new(0, 1);
    private long stamp;

    /// <summary>Counts the changes of the directory; taken before a look-up, it tells whether the answer may be old.</summary>
    public long Stamp => Volatile.Read(ref stamp);

    public IEnumerable<MqttLink> All => all.Select(p => p.Key);

    public void Open(MqttLink link) => all.TryAdd(link, 0);

    public void Closed(MqttLink link) => all.TryRemove(link, out _);

    /// <summary>Knows the connection by its device from now on; an older one of the same client id is taken over.</summary>
    /// <param name="link">With its device set.</param>
    /// <param name="asOf"><see cref="Stamp"/> from before the device was looked up.</param>
    public void Add(MqttLink link, long asOf)
    {
        var key = KeyOf(link);
        MqttLink[] old;
        lock (sync)
        {
            if (!byDevice.TryGetValue(key, out var links))
            {
                byDevice[key] = links = new(1);
            }

            old = [.. links.Where(l => l.ClientId == link.ClientId)];
            links.Add(link);
        }

        foreach (var one in old)
        {
            one.Close(ReasonCode.SessionTakenOver);
        }

        if (Stamp != asOf)
        {
            Mark(key);
        }
    }

    public void Remove(MqttLink link)
    {
        if (!link.HasDevice)
        {
            return;
        }

        lock (sync)
        {
            var key = KeyOf(link);
            if (byDevice.TryGetValue(key, out var links) && links.Remove(link) && links.Count == 0)
            {
                byDevice.Remove(key);
            }
        }
    }

    /// <summary>Notes that a gateway's connection has a filter on a device behind it.</summary>
    public void Listen(MqttLink link, DeviceId child)
    {
        var key = (link.Device.Route.District, child);
        lock (sync)
        {
            if (!byHeard.TryGetValue(key, out var links))
            {
                byHeard[key] = links = new(1);
            }

            links.Add(link);
        }

        // A change between the look-up that granted the filter and this note was told to nobody.
        Mark(key);
    }

    public void Unlisten(MqttLink link, DeviceId child)
    {
        var key = (link.Device.Route.District, child);
        lock (sync)
        {
            if (byHeard.TryGetValue(key, out var links) && links.Remove(link) && links.Count == 0)
            {
                byHeard.Remove(key);
            }
        }
    }

    /// <summary>Devices that gateways listen for now.</summary>
    public int HeardCount
    {
        get
        {
            lock (sync)
            {
                return byHeard.Count;
            }
        }
    }

    /// <summary>True when one of the connections of the device or of its gateway listens to this topic.</summary>
    public bool Hears(string district, DeviceId device, string topic, DeviceId? gateway = null) =>
        SessionsOf(district, device, gateway).Exists(s => s.Hears(topic));

    /// <summary>Sends a message to those connections of the device and of its gateway that have subscribed to its topic. Answers how many took it.</summary>
    public int Tell(string district, DeviceId device, DownMessage message, DeviceId? gateway = null) =>
        SessionsOf(district, device, gateway).Count(s => s.TryTell(message));

    /// <summary>The directory's callback: only notes what to look up.</summary>
    public void OnChanged(string district, DeviceId? device)
    {
        Interlocked.Increment(ref stamp);
        if (device is { } one)
        {
            Mark((district, one));
            return;
        }

        lock (sync)
        {
            stale.UnionWith(byDevice.Keys.Concat(byHeard.Keys).Where(k => k.District == district));
        }

        Wake();
    }

    /// <summary>Looks up what was noted until it is cancelled. A look-up that fails is tried again.</summary>
    public async Task RefreshAsync(EdgeServices services, CancellationToken cancellation)
    {
        while (true)
        {
            await work.WaitAsync(cancellation);
            foreach (var key in TakeStale())
            {
                try
                {
                    Apply(key, await services.Directory.FindAsync(key.District, key.Device, cancellation));
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    Log.RefreshFailed(services.Log, key.District, key.Device.ToString(), e);
                    await Task.Delay(TimeSpan.FromMilliseconds(RetryMs), services.Clock, cancellation);
                    Mark(key);
                }
            }
        }
    }

    public void Dispose() => work.Dispose();

    private const int RetryMs = 200;

    private static (string District, DeviceId Device) KeyOf(MqttLink link) => (link.Device.Route.District, link.Device.Route.Device);

    private List<DeviceSession> SessionsOf(string district, DeviceId device, DeviceId? gateway)
    {
        lock (sync)
        {
            var links = byDevice.GetValueOrDefault((district, device), []);
            var behind = gateway is { } one ? byDevice.GetValueOrDefault((district, one), []) : [];
            return [.. links.Concat(behind).Select(l => l.Session).OfType<DeviceSession>()];
        }
    }

    private void Apply((string District, DeviceId Device) key, DeviceRoute? route)
    {
        MqttLink[] links;
        MqttLink[] strangers;
        lock (sync)
        {
            links = byDevice.TryGetValue(key, out var found) ? [.. found] : [];

            // Changed once more meanwhile: the next look-up decides, so that a filter granted just now is not dropped by an old answer.
            strangers = !stale.Contains(key) && byHeard.TryGetValue(key, out var heard) ? [.. heard.Where(l => l.Device.Route.Device != route?.Gateway)] : [];
        }

        foreach (var link in strangers)
        {
            (link.Session as DeviceSession)?.Drop(key.Device);
        }

        foreach (var link in links)
        {
            if (route is null)
            {
                link.Close(ReasonCode.AdministrativeAction);
            }
            else
            {
                link.Device = new DeviceContext(route);
            }
        }
    }

    private (string District, DeviceId Device)[] TakeStale()
    {
        lock (sync)
        {
            (string, DeviceId)[] taken = [.. stale];
            stale.Clear();
            return taken;
        }
    }

    private void Mark((string District, DeviceId Device) key)
    {
        lock (sync)
        {
            if (!byDevice.ContainsKey(key) && !byHeard.ContainsKey(key))
            {
                return;
            }

            stale.Add(key);
        }

        Wake();
    }

    private void Wake()
    {
        lock (sync)
        {
            if (work.CurrentCount == 0)
            {
                work.Release();
            }
        }
    }
}
