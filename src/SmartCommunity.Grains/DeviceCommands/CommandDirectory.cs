using SmartCommunity.Domain;
using SmartCommunity.Domain.DeviceCommands;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Domain.Views;
using SmartCommunity.Domain.Wire;
using SmartCommunity.Storage;

namespace SmartCommunity.Grains.DeviceCommands;

/// <summary>Commands as their view rows tell them, and the commits that change these rows.</summary>
internal sealed class CommandDirectory(IViews views, IJournal journal) : ICommandDirectory
{
    public async ValueTask<IReadOnlyList<DeviceCommand>> WaitingAsync(string district, DeviceId device, CancellationToken cancellation)
    {
        var rows = await views.ListAsync(
            new(district, ViewKinds.Command, Limits.OpenCommandsPerDeviceMax, Status: ViewStatus.Issued, IdPrefix: CommandTrack.RowPrefix(device)), cancellation);
        return [.. rows.Select(row => RecordCodec.Decode<DeviceCommand>(row.Body.Span)).OrderBy(command => command.Number)];
    }

    public async ValueTask<DeviceCommand?> FindAsync(string district, DeviceId device, CommandId command, CancellationToken cancellation)
    {
        var row = await views.GetAsync(district, ViewKinds.Command, CommandTrack.RowId(device, command), cancellation);
        return row is null ? null : RecordCodec.Decode<DeviceCommand>(row.Body.Span);
    }

    public IDisposable OnChanged(Action<string, DeviceId, CommandId> changed)
    {
        ArgumentNullException.ThrowIfNull(changed);
        return journal.Subscribe(notice =>
        {
            foreach (var view in notice.Views)
            {
                if (view.Kind == ViewKinds.Command && CommandTrack.TryParse(view.Id, out var device, out var command))
                {
                    changed(view.District, device, command);
                }
            }
        });
    }
}
