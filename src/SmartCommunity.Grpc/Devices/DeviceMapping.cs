using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.Devices;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Grpc.Refusals;
using SmartCommunity.Grpc.Requests;

namespace SmartCommunity.Grpc.Devices;

internal static class DeviceMapping
{
    public static readonly string[] Changeable = ["display_name", "profile", "gateway"];

    public static FieldNames Names { get; } = new("device", ("name", "display_name"));

    public static FieldNames ByName { get; } = new(string.Empty, ("device", "name"));

    public static V1.Device ToProto(this Device device, AreaCode district) => new()
    {
        Name = ResourceNames.Of(district, ResourceNames.Devices, device.Id.ToString()),
        DisplayName = device.Name,
        Profile = ResourceNames.Of(district, ResourceNames.Profiles, device.Profile.ToString()),
        Mount = ResourceNames.Of(district, device.Mount),
        Area = device.Area.ToString(),
        Revoked = device.Revoked,
        Etag = Etags.Of(device.Revision),
        Username = device.UserName ?? string.Empty,
        Gateway = device.Gateway is { } gateway ? ResourceNames.Of(district, ResourceNames.Devices, gateway.ToString()) : string.Empty,
    };

    /// <param name="credential">The secret itself never gets past the edge.</param>
    public static Outcome<Device> ToDomain(this V1.Device device, AreaCode district, DeviceId id, DeviceCredential credential)
    {
        var reader = new RequestReader(district);
        return reader.Finish(new Device(
            id,
            device.DisplayName,
            reader.Reference<ProfileId>(device.Profile, ResourceNames.Profiles, "profile"),
            reader.Mount(device.Mount, "mount"),
            district,
            Revoked: false,
            credential.Hash,
            Revision: 0,
            reader.OptionalReference<DeviceId>(device.Gateway, ResourceNames.Devices, "gateway"),
            credential.UserName));
    }
}
