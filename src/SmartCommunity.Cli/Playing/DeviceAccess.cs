using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using SmartCommunity.Cli.Connections;
using SmartCommunity.Cli.Importing;
using SmartCommunity.Cli.Mappings;
using SmartCommunity.V1;

namespace SmartCommunity.Cli.Playing;

/// <summary>
/// Sees to it that the devices of a replay exist and that their tokens are known: kept in a file of mode 0600, so that a second replay uses the
/// same; made anew when a device exists but its token is not known here.
/// </summary>
internal sealed class DeviceAccess(Session session, string credentialsPath, bool mayCreate)
{
    private readonly Dictionary<string, string> tokens = CredentialsFile.Read(credentialsPath);

    public async Task<List<PublishingDevice>> EnsureAsync(ProfileMapping profile, IEnumerable<DeviceWanted> devices, CancellationToken cancellation)
    {
        await EnsureProfileAsync(profile, cancellation);
        var ready = new List<PublishingDevice>();
        foreach (var wanted in devices)
        {
            var token = await TokenAsync(profile, wanted, cancellation);
            ready.Add(new(wanted.Id, token, mayCreate ? c => RotateAsync(wanted.Id, c) : null));
        }

        return ready;
    }

    private async Task EnsureProfileAsync(ProfileMapping wanted, CancellationToken cancellation)
    {
        var server = session.Server;
        var name = $"{server.District}/profiles/{wanted.Id}";
        if (await FoundAsync(o => server.Profiles.GetProfileAsync(new() { Name = name }, o), cancellation) is not null)
        {
            return;
        }

        MustBeAllowed($"The profile {wanted.Id} does not exist.");
        var profile = new Profile { DisplayName = wanted.Name, OfflineAfter = Duration.FromTimeSpan(TimeSpan.FromSeconds(wanted.OfflineAfterSeconds)) };
        profile.Metrics.AddRange(wanted.Metrics.Select(m => new Metric { Name = m.Name, Unit = m.Unit, Min = m.Min, Max = m.Max }));
        await server.CallAsync(
            o => server.Profiles.CreateProfileAsync(
                new() { Parent = server.District, ProfileId = wanted.Id, Profile = profile, RequestId = Guid.NewGuid().ToString("n") },
                o),
            cancellation);
    }

    private async Task<string> TokenAsync(ProfileMapping profile, DeviceWanted wanted, CancellationToken cancellation)
    {
        var server = session.Server;
        var existing = await FoundAsync(o => server.Devices.GetDeviceAsync(new() { Name = server.DeviceName(wanted.Id) }, o), cancellation);
        if (existing is { Device.Revoked: true })
        {
            throw CliFailure.Refused($"The device {wanted.Id} is revoked.", "Use a mapping with another device id.");
        }

        if (existing is not null)
        {
            return tokens.TryGetValue(wanted.Id, out var known) ? known : await RotateAsync(wanted.Id, cancellation);
        }

        MustBeAllowed($"The device {wanted.Id} does not exist.");
        var request = new CreateDeviceRequest
        {
            Parent = server.District,
            DeviceId = wanted.Id,
            RequestId = Guid.NewGuid().ToString("n"),
            Device = new() { DisplayName = wanted.Name, Profile = $"{server.District}/profiles/{profile.Id}", Mount = $"{server.District}/{wanted.Mount}" },
        };
        return Keep(wanted.Id, (await server.CallAsync(o => server.Devices.CreateDeviceAsync(request, o), cancellation)).Token);
    }

    private async Task<string> RotateAsync(string device, CancellationToken cancellation)
    {
        MustBeAllowed($"The token of {device} is not known here.");
        var server = session.Server;
        var answer = await server.CallAsync(
            o => server.Devices.RotateDeviceTokenAsync(new() { Name = server.DeviceName(device), RequestId = Guid.NewGuid().ToString("n") }, o),
            cancellation);
        return Keep(device, answer.Token);
    }

    private string Keep(string device, string token)
    {
        lock (tokens)
        {
            tokens[device] = token;
            CredentialsFile.Replace(credentialsPath, tokens);
        }

        return token;
    }

    private void MustBeAllowed(string sentence)
    {
        if (!mayCreate)
        {
            throw CliFailure.Refused(sentence, "Add --create-devices to have it made; tokens are kept in " + credentialsPath + ".");
        }
    }

    private async Task<T?> FoundAsync<T>(Func<CallOptions, AsyncUnaryCall<T>> call, CancellationToken cancellation)
        where T : class
    {
        try
        {
            return await session.Server.CallAsync(call, cancellation);
        }
        catch (RpcException failure) when (RpcFailures.IsNotFound(failure))
        {
            return null;
        }
    }
}
