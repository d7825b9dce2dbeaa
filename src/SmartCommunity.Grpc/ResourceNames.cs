using System.Diagnostics.CodeAnalysis;
using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Domain.Twins;

namespace SmartCommunity.Grpc;

/// <summary>
/// The only place that takes resource names apart and puts them together: <c>districts/{d}/{collection}/{id}</c>. The id of a report may hold
/// slashes (it ends in a message id of the sender's choice); all others are single segments.
/// </summary>
public static class ResourceNames
{
    public const string Districts = "districts";
    public const string Areas = "areas";
    public const string Cells = "cells";
    public const string Buildings = "buildings";
    public const string OrgUnits = "orgUnits";
    public const string Volunteers = "volunteers";
    public const string Devices = "devices";
    public const string Profiles = "profiles";
    public const string Rules = "rules";
    public const string Alarms = "alarms";
    public const string Reports = "reports";
    public const string Quarantine = "quarantine";
    public const string ApiKeys = "apiKeys";
    public const string Commands = "commands";

    /// <summary>Stands for every id of a collection in the parent of a list.</summary>
    public const string Every = "-";
    public const string Webhooks = "webhooks";

    private const string TwinSuffix = "/twin";

    public static string District(AreaCode district) => $"{Districts}/{district}";

    public static string Of(AreaCode district, string collection, string? id) =>
        string.IsNullOrEmpty(id) ? string.Empty : $"{Districts}/{district}/{collection}/{id}";

    /// <summary>A twin key is the collection and id of what the twin is of.</summary>
    public static string Of(AreaCode district, TwinKey key) => key.ToString().Length == 0 ? string.Empty : $"{Districts}/{district}/{key}";

    public static string Twin(AreaCode district, TwinKey key) => Of(district, key) + TwinSuffix;

    /// <summary>The district that a name begins with, and what follows it (without a slash; empty for the district itself).</summary>
    public static bool TryDistrict(string? name, out AreaCode district, [NotNullWhen(true)] out string? rest)
    {
        district = default;
        rest = null;
        if (name is null || !name.StartsWith(Districts + "/", StringComparison.Ordinal))
        {
            return false;
        }

        var tail = name[(Districts.Length + 1)..];
        var slash = tail.IndexOf('/', StringComparison.Ordinal);
        rest = slash < 0 ? string.Empty : tail[(slash + 1)..];
        return AreaCode.TryParse(slash < 0 ? tail : tail[..slash], out district)
            && district.Level == AreaLevel.District
            && (slash < 0 || rest.Length > 0);
    }

    /// <summary>The id in a name of the collection, unchecked but not empty.</summary>
    public static bool TryId(string? name, string collection, out AreaCode district, [NotNullWhen(true)] out string? id)
    {
        id = null;
        if (!TryDistrict(name, out district, out var rest)
            || !rest.StartsWith(collection, StringComparison.Ordinal)
            || rest.Length <= collection.Length + 1
            || rest[collection.Length] != '/')
        {
            return false;
        }

        id = rest[(collection.Length + 1)..];
        return collection == Reports || !id.Contains('/', StringComparison.Ordinal);
    }

    /// <summary>A typed id in a name of the collection.</summary>
    public static bool TryId<TId>(string? name, string collection, out AreaCode district, out TId id)
        where TId : struct, IId<TId>
    {
        id = default;
        return TryId(name, collection, out district, out var text) && TId.TryParse(text, out id);
    }

    /// <summary>The name of a command: that of its device, <c>/commands/</c> and its id.</summary>
    public static string Command(AreaCode district, DeviceId device, CommandId command) =>
        $"{Of(district, Devices, device.ToString())}/{Commands}/{command}";

    public static bool TryCommand(string? name, out AreaCode district, out DeviceId device, out CommandId command)
    {
        device = default;
        command = default;
        return TryDistrict(name, out district, out var rest)
            && rest.Split('/') is [Devices, var owner, Commands, var id]
            && DeviceId.TryParse(owner, out device)
            && CommandId.TryParse(id, out command);
    }

    /// <summary>What a device can be mounted on: a building or a cell.</summary>
    public static bool TryMount(string? name, out AreaCode district, out TwinKey key)
    {
        key = default;
        return TryDistrict(name, out district, out var rest) && TwinKey.TryParse(rest, out key);
    }

    /// <summary>The name of a twin: that of its building or cell, and <c>/twin</c>.</summary>
    public static bool TryTwin(string? name, out AreaCode district, out TwinKey key)
    {
        district = default;
        key = default;
        return name is not null && name.EndsWith(TwinSuffix, StringComparison.Ordinal) && TryMount(name[..^TwinSuffix.Length], out district, out key);
    }
}
