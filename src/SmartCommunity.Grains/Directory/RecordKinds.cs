using System.Collections.Frozen;
using SmartCommunity.Domain.Alarms;
using SmartCommunity.Domain.Buildings;
using SmartCommunity.Domain.Cells;
using SmartCommunity.Domain.DeviceCommands;
using SmartCommunity.Domain.Devices;
using SmartCommunity.Domain.Districts;
using SmartCommunity.Domain.OrgUnits;
using SmartCommunity.Domain.Quarantine;
using SmartCommunity.Domain.Reports;
using SmartCommunity.Domain.Views;
using SmartCommunity.Domain.Volunteers;
using SmartCommunity.Domain.Webhooks;

namespace SmartCommunity.Grains.Directory;

/// <summary>Which record type stands in which kind of view row, and in which order it is listed.</summary>
internal static class RecordKinds
{
    private static readonly FrozenDictionary<Type, RecordKind> ByType = new Dictionary<Type, RecordKind>
    {
        [typeof(District)] = new(ViewKinds.District),
        [typeof(DeviceProfile)] = new(ViewKinds.Profile),
        [typeof(AlarmRule)] = new(ViewKinds.Rule),
        [typeof(ApiKey)] = new(ViewKinds.ApiKey),
        [typeof(AreaName)] = new(ViewKinds.Area),
        [typeof(Cell)] = new(ViewKinds.Cell),
        [typeof(OrgUnit)] = new(ViewKinds.OrgUnit),
        [typeof(Volunteer)] = new(ViewKinds.Volunteer),
        [typeof(Building)] = new(ViewKinds.Building),
        [typeof(Device)] = new(ViewKinds.Device),
        [typeof(Alarm)] = new(ViewKinds.Alarm, NewestFirst: true),
        [typeof(Report)] = new(ViewKinds.Report, NewestFirst: true),
        [typeof(DeviceCommand)] = new(ViewKinds.Command, NewestFirst: true),
        [typeof(QuarantinedMessage)] = new(ViewKinds.Quarantine, NewestFirst: true),
        [typeof(Webhook)] = new(ViewKinds.Webhook),
        [typeof(WebhookProgress)] = new(ViewKinds.WebhookProgress, IsState: false),
    }.ToFrozenDictionary();

    /// <summary>All kinds that hold state of the district, in the order of their names: what the state hash runs over.</summary>
    public static IReadOnlyList<string> All { get; } = [.. ByType.Values.Where(k => k.IsState).Select(k => k.Name).Order(StringComparer.Ordinal)];

    public static RecordKind Of<T>() => ByType.TryGetValue(typeof(T), out var kind)
        ? kind
        : throw new ArgumentException($"{typeof(T).Name} is no directory record.", nameof(T));
}

/// <param name="IsState">False for what only says how far something has come: it is neither compared nor moved.</param>
internal readonly record struct RecordKind(string Name, bool NewestFirst = false, bool IsState = true);
