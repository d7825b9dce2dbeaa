using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using SmartCommunity.Domain.Devices;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Domain.Views;
using SmartCommunity.Domain.Wire;
using SmartCommunity.Grains.Ingest;
using SmartCommunity.Grains.Observing;
using SmartCommunity.Storage;

namespace SmartCommunity.Grains.Directory;

/// <summary>
/// Who holds a device token or an API key. Only credentials that were found are remembered, by hash, and dropped by the commit that changes their
/// record; an answer that was being read while such a commit came is not remembered.
/// </summary>
internal sealed class CredentialCache : IDeviceDirectory, IDisposable
{
    private readonly IViews views;
    private readonly DistrictCaches caches;
    private readonly GrainMeters meters;
    private readonly int entriesMax;
    private readonly IDisposable subscription;
    private readonly ConcurrentDictionary<string, DeviceRoute> routes = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string District, string Device), string> hashOfDevice = new();
    private readonly ConcurrentDictionary<string, ApiKeyOwner> keys = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<long, Action<string, DeviceId?>> listeners = new();
    private readonly PasswordGate passwords = new();
    private long generation;
    private long listenerCount;

    public CredentialCache(IViews views, IJournal journal, DistrictCaches caches, IOptions<GrainsOptions> options, GrainMeters meters)
    {
        this.views = views;
        this.caches = caches;
        this.meters = meters;
        entriesMax = options.Value.CredentialsCachedMax;
        subscription = journal.Subscribe(Committed);
    }

    /// <summary>Device routes remembered now.</summary>
    public int RouteCount => routes.Count;

    public async ValueTask<DeviceRoute?> FindByTokenAsync(string token, CancellationToken cancellation)
    {
        if (string.IsNullOrEmpty(token) || token.Length > CredentialHash.SecretCharsMax)
        {
            return null;
        }

        var hash = CredentialHash.Of(token);
        if (routes.TryGetValue(hash, out var known))
        {
            return known;
        }

        var seen = Volatile.Read(ref generation);
        if (await views.FindLookupAsync(LookupScopes.DeviceToken, hash, cancellation) is not { } lookup || !DeviceId.TryParse(lookup.Id, out var device))
        {
            return null;
        }

        return Keep(hash, await FindAsync(lookup.District, device, cancellation), seen);
    }

    public async ValueTask<DeviceRoute?> FindByPasswordAsync(string userName, string password, CancellationToken cancellation)
    {
        if (string.IsNullOrEmpty(password) || password.Length > CredentialHash.SecretCharsMax || !IdText.IsValid(userName))
        {
            return null;
        }

        var key = passwords.KeyOf(userName, password);
        if (routes.TryGetValue(key, out var known))
        {
            return known;
        }

        var seen = Volatile.Read(ref generation);
        var lookup = await views.FindLookupAsync(LookupScopes.DeviceUser, userName, cancellation);
        var record = lookup is not null && DeviceId.TryParse(lookup.Id, out var device) ? await RecordAsync(lookup.District, device, cancellation) : null;

        // An unknown name costs the same work as a wrong password, so that the time tells nothing.
        return await passwords.VerifyAsync(password, record?.TokenHash, cancellation) && record is not null
            ? Keep(key, await RouteAsync(lookup!.District, record, cancellation), seen)
            : null;
    }

    public async ValueTask<DeviceRoute?> FindAsync(string district, DeviceId device, CancellationToken cancellation) =>
        await RecordAsync(district, device, cancellation) is { } record ? await RouteAsync(district, record, cancellation) : null;

    private async ValueTask<Device?> RecordAsync(string district, DeviceId device, CancellationToken cancellation)
    {
        var row = await views.GetAsync(district, ViewKinds.Device, device.ToString(), cancellation);
        return row is not null && RecordCodec.Decode<Device>(row.Body.Span) is { Revoked: false } record ? record : null;
    }

    private async ValueTask<DeviceRoute?> RouteAsync(string district, Device record, CancellationToken cancellation)
    {
        var catalogue = await caches.CatalogueAsync(district, cancellation);
        return catalogue?.Profile(record.Profile) is { } profile ? new(district, record.Id, record.Mount, profile, record.Gateway) : null;
    }

    public async ValueTask<ApiKeyOwner?> FindApiKeyAsync(string key, CancellationToken cancellation)
    {
        if (string.IsNullOrEmpty(key) || key.Length > CredentialHash.SecretCharsMax)
        {
            return null;
        }

        var hash = CredentialHash.Of(key);
        if (keys.TryGetValue(hash, out var known))
        {
            return known;
        }

        var seen = Volatile.Read(ref generation);
        if (await views.FindLookupAsync(LookupScopes.ApiKey, hash, cancellation) is not { } lookup)
        {
            return null;
        }

        var owner = new ApiKeyOwner(lookup.District, lookup.Id);
        Remember(keys, hash, owner, seen);
        return owner;
    }

    public IDisposable OnChanged(Action<string, DeviceId?> changed)
    {
        ArgumentNullException.ThrowIfNull(changed);
        var id = Interlocked.Increment(ref listenerCount);
        listeners[id] = changed;
        return new Listening(() => listeners.TryRemove(id, out _));
    }

    public void Dispose()
    {
        subscription.Dispose();
        passwords.Dispose();
    }

    private DeviceRoute? Keep(string hash, DeviceRoute? route, long seen)
    {
        if (route is not null)
        {
            hashOfDevice[(route.District, route.Device.ToString())] = hash;
            Remember(routes, hash, route, seen);
        }

        return route;
    }

    private void Remember<T>(ConcurrentDictionary<string, T> cache, string hash, T found, long seen)
    {
        if (cache.Count >= entriesMax)
        {
            cache.Clear();
            hashOfDevice.Clear();
        }

        cache[hash] = found;
        if (Volatile.Read(ref generation) != seen)
        {
            cache.TryRemove(hash, out _);
        }
    }

    private void Committed(CommitNotice notice)
    {
        foreach (var view in notice.Views)
        {
            if (view.Kind == ViewKinds.Device && DeviceId.TryParse(view.Id, out var device))
            {
                Interlocked.Increment(ref generation);
                if (hashOfDevice.TryRemove((view.District, view.Id), out var hash))
                {
                    routes.TryRemove(hash, out _);
                }

                Tell(view.District, device);
            }
            else if (view.Kind is ViewKinds.District or ViewKinds.Profile or ViewKinds.Rule)
            {
                Drop(routes, route => route.District == view.District);
                Tell(view.District, null);
            }
            else if (view.Kind == ViewKinds.ApiKey)
            {
                Drop(keys, owner => owner.District == view.District && owner.KeyId == view.Id);
            }
        }
    }

    private void Drop<T>(ConcurrentDictionary<string, T> cache, Func<T, bool> isGone)
    {
        Interlocked.Increment(ref generation);
        foreach (var (hash, entry) in cache)
        {
            if (isGone(entry))
            {
                cache.TryRemove(hash, out _);
            }
        }
    }

    private void Tell(string district, DeviceId? device)
    {
        foreach (var (_, listener) in listeners)
        {
            try
            {
                listener(district, device);
            }
            catch (Exception exception)
            {
                meters.BackgroundFailed("Telling of a changed device", exception);
            }
        }
    }

    private sealed class Listening(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
