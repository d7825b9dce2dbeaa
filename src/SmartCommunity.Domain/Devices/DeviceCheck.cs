using SmartCommunity.Domain.Catalogue;
using SmartCommunity.Domain.Commands;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Domain.Twins;

namespace SmartCommunity.Domain.Devices;

/// <summary>What a device must be before it is mounted or changed.</summary>
internal static class DeviceCheck
{
    /// <param name="current">The device as it now is; null for a new one.</param>
    public static Refusal? Judge(TwinState twin, Device device, bool mountExists, DistrictCatalogue catalogue, Device? current)
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
            ?? (current is not null && device.TokenHash.Length == 0 ? null : HashText.Judge(device.TokenHash, "token_hash"))
            ?? (current is null ? Check.Count(twin.DeviceCount + 1, Limits.DevicesPerTwinMax, "devices") : null);
    }

    public static Refusal Revoked() => new(RefusalCode.WrongState, "device", "The device is revoked for good.", "Register it under another id.");
}
