using System.Collections.Concurrent;
using SmartCommunity.Domain.Devices;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Domain.Twins;
using SmartCommunity.Grains.Ingest;

namespace SmartCommunity.Edge.Tests.Mqtt;

/// <summary>Devices by token; the token of device <c>d1</c> is <c>token-d1</c>. Its user name is <c>user-d1</c>, with the password <c>password-d1</c>.</summary>
internal sealed class FakeDirectory : IDeviceDirectory
{
    public const string District = "340104";

    private readonly ConcurrentDictionary<string, DeviceRoute> byToken = new();
    private int finds;
    private readonly ConcurrentDictionary<Action<string, DeviceId?>, byte> listeners = new();

    public FakeDirectory()
    {
        foreach (var id in Enumerable.Range(1, 9))
        {
            Add($"d{id}");
        }
    }

    public static DeviceProfile Profile { get; } = new(
        ProfileId.Parse("air"),
        "Air",
        [new Metric("pm25", "ug/m3", 0, 1000), new Metric("temperature", "Cel", -40, 85), new Metric("humidity", "%", 0, 100)],
        60,
        1);

    /// <summary>Look-ups by device id.</summary>
    public int Finds => Volatile.Read(ref finds);

    public void Add(string device, string district = District, DeviceProfile? profile = null, string? gateway = null) => byToken["token-" + device] = new DeviceRoute(
        district,
        DeviceId.Parse(device),
        TwinKey.Of(BuildingId.Parse("b1")),
        profile ?? Profile,
        gateway is null ? null : DeviceId.Parse(gateway));

    /// <summary>Puts a device behind a gateway, or takes it away, and tells.</summary>
    public void Attach(string device, string? gateway)
    {
        Add(device, gateway: gateway);
        Tell(District, DeviceId.Parse(device));
    }

    public void Revoke(string device)
    {
        byToken.TryRemove("token-" + device, out _);
        Tell(District, DeviceId.Parse(device));
    }

    public void Tell(string district, DeviceId? device)
    {
        foreach (var (listener, _) in listeners)
        {
            listener(district, device);
        }
    }

    public ValueTask<DeviceRoute?> FindByTokenAsync(string token, CancellationToken cancellation) => new(byToken.GetValueOrDefault(token));

    public ValueTask<DeviceRoute?> FindByPasswordAsync(string userName, string password, CancellationToken cancellation) =>
        new(password.Split('-') is ["password", var device] && userName == "user-" + device ? byToken.GetValueOrDefault("token-" + device) : null);

    public ValueTask<DeviceRoute?> FindAsync(string district, DeviceId device, CancellationToken cancellation)
    {
        Interlocked.Increment(ref finds);
        return new(byToken.Values.FirstOrDefault(r => r.District == district && r.Device == device));
    }

    public IDisposable OnChanged(Action<string, DeviceId?> changed)
    {
        listeners[changed] = 0;
        return new Registration(() => listeners.TryRemove(changed, out _));
    }

    private sealed class Registration(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
