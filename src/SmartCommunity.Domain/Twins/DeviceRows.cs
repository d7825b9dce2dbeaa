using SmartCommunity.Domain.Alarms;
using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.Devices;
using SmartCommunity.Domain.Views;

namespace SmartCommunity.Domain.Twins;

/// <summary>How a device evolves, and the view rows of devices and alarms.</summary>
internal static class DeviceRows
{
    public static Device Rotated(Device device, DeviceCredential credential) =>
        device with { TokenHash = credential.Hash, UserName = credential.UserName, Revision = device.Revision + 1 };

    public static Device Revoked(Device device) => device with { Revoked = true, Revision = device.Revision + 1 };

    public static Device Moved(Device device, AreaCode area) => device with { Area = area };

    public static Projected Of(Device device, bool online, bool mustBeNew = false)
    {
        var status = device.Revoked ? ViewStatus.Revoked : online ? ViewStatus.Online : ViewStatus.Offline;
        return new(ViewKinds.Device, device.Id.ToString(), device.Area.ToString(), status, device, MustBeNew: mustBeNew);
    }

    public static Projected Of(Alarm alarm)
    {
        var status = alarm.ClosedAt is not null ? ViewStatus.Closed : alarm.AcknowledgedAt is not null ? ViewStatus.Acknowledged : ViewStatus.Open;
        return new(ViewKinds.Alarm, alarm.Id.ToString(), alarm.Area.ToString(), status, alarm);
    }
}
