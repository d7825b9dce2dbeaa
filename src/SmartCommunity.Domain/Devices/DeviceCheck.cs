using SmartCommunity.Domain.Catalogue;
using SmartCommunity.Domain.Commands;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Domain.Twins;

namespace SmartCommunity.Domain.Devices;

/// <summary>What the directory says of the gateway that a device names; it may be one commit old.</summary>
/// <param name="Gateway">Its record; null when there is none.</param>
/// <param name="SpeaksForOthers">Whether the device that names it is a gateway of live devices.</param>
public sealed record GatewayStanding(Device? Gateway, bool SpeaksForOthers);

/// <summary>What a device must be before it is mounted or changed.</summary>
internal static class DeviceCheck
{
    /// <param name="current">The device as it now is; null for a new one.</param>
    /// <param name="gateway">What is known of the gateway it names; null when it names none.</param>
    public static Refusal? Judge(
        TwinState twin, Device device, bool mountExists, DistrictCatalogue catalogue, Device? current, GatewayStanding? gateway)
    {
        if (!IdText.IsValid(device.Id.ToString()))
        {
            return IdText.Refuse("device_id");
        }

        if (device.Mount != twin.Key)
        {
            return new(RefusalCode.Immutable, "mount", "The mount of a device is fixed for the life of its registration.", "Revoke it and register it anew.");
        }

        if (!mountExists)
        {
            return new(RefusalCode.NotFound, "mount", $"There is no {device.Mount}.", "Create the building or import the cell first.");
        }

        if (current is { Revoked: true })
        {
            return Revoked();
        }

        if (catalogue.Profile(device.Profile) is null)
        {
            return new(RefusalCode.NotFound, "profile", "There is no such profile.", "Create the profile first.");
        }

        return Check.Text(device.Name, "name")
            ?? (device.Gateway == current?.Gateway ? null : JudgeGateway(device, gateway))
            ?? (current is not null && device.TokenHash.Length == 0 ? null : DeviceCredential.Of(device).Judge())
            ?? (current is null ? Check.Count(twin.DeviceCount + 1, Limits.DevicesPerTwinMax, "devices") : null);
    }

    /// <summary>One level only: a gateway speaks for devices, never for gateways. A gateway that is as it was is not judged again.</summary>
    private static Refusal? JudgeGateway(Device device, GatewayStanding? standing)
    {
        if (device.Gateway is not { } id)
        {
            return null;
        }

        if (id == device.Id)
        {
            return new(RefusalCode.WrongState, "gateway", "A device is not its own gateway.", "Leave the gateway out: a device always speaks for itself.");
        }

        if (standing?.Gateway is not { Revoked: false } gateway || gateway.Id != id)
        {
            return new(RefusalCode.NotFound, "gateway", "There is no such live device.", "Register the gateway first.");
        }

        if (gateway.Gateway is { } next)
        {
            return new(RefusalCode.WrongState, "gateway", $"{id} is itself behind the gateway {next}.", $"Name {next}, or take {id} from behind it first.");
        }

        return standing.SpeaksForOthers
            ? new(RefusalCode.WrongState, "gateway", "The device is a gateway of other devices.", "Give those another gateway first; gateways stand one level deep.")
            : null;
    }

    public static Refusal Revoked() => new(RefusalCode.WrongState, "device", "The device is revoked for good.", "Register it under another id.");
}
