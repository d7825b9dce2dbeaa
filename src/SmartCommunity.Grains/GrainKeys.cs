using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Domain.Twins;
using SmartCommunity.Grains.Districts;
using SmartCommunity.Grains.Grid;
using SmartCommunity.Grains.OrgUnits;
using SmartCommunity.Grains.Sweeps;
using SmartCommunity.Grains.Twins;
using SmartCommunity.Grains.Volunteers;
using SmartCommunity.Grains.Webhooks;
using SmartCommunity.Storage;

namespace SmartCommunity.Grains;

/// <summary>
/// The only file that makes grain keys and asks for grains. A key is the district's six digits, alone for the district itself, else followed by a
/// slash and the stream's name: <c>340104/buildings/B1</c>. So the district is the first segment of every key, and key and stream are one text.
/// </summary>
public static class GrainKeys
{
    /// <summary>Stream of the district's own grain; its grain key is the district alone.</summary>
    public const string DistrictStream = "district";

    /// <summary>Stream and key segment of the district's division into cells.</summary>
    public const string GridStream = "grid";

    private const string BuildingStream = "buildings/";
    private const string OrgUnits = "orgs/";
    private const string Volunteers = "volunteers/";
    private const string WebhookStream = "webhooks/";
    private const string SweeperSegment = "sweeper";

    public static IDistrictGrain District(this IGrainFactory grains, AreaCode district) =>
        Of(grains).GetGrain<IDistrictGrain>(Text(district));

    public static IGridGrain Grid(this IGrainFactory grains, AreaCode district) =>
        Of(grains).GetGrain<IGridGrain>(Join(district, GridStream));

    public static IOrgUnitGrain OrgUnit(this IGrainFactory grains, AreaCode district, OrgUnitId id) =>
        Of(grains).GetGrain<IOrgUnitGrain>(Join(district, OrgUnits + Given(id.ToString())));

    public static IBuildingGrain Building(this IGrainFactory grains, AreaCode district, BuildingId id) =>
        Of(grains).GetGrain<IBuildingGrain>(Join(district, BuildingStream + Given(id.ToString())));

    public static ICellGrain Cell(this IGrainFactory grains, AreaCode cell) =>
        Of(grains).GetGrain<ICellGrain>(Join(cell.District, TwinKey.Of(cell).ToString()));

    /// <summary>The grain of a twin, whichever kind it is. A cell's code must lie in the district.</summary>
    public static ITwinGrain Twin(this IGrainFactory grains, AreaCode district, TwinKey twin) => twin.IsBuilding
        ? Of(grains).GetGrain<IBuildingGrain>(Join(district, twin.ToString()))
        : Of(grains).GetGrain<ICellGrain>(Join(district, CheckedName(Given(twin.ToString()), district.ToString())));

    public static IVolunteerGrain Volunteer(this IGrainFactory grains, AreaCode district, VolunteerId id) =>
        Of(grains).GetGrain<IVolunteerGrain>(Join(district, Volunteers + Given(id.ToString())));

    public static IWebhookGrain Webhook(this IGrainFactory grains, AreaCode district, WebhookId id) =>
        Of(grains).GetGrain<IWebhookGrain>(Join(district, WebhookStream + Given(id.ToString())));

    public static ISweeperGrain Sweeper(this IGrainFactory grains, AreaCode district) =>
        Of(grains).GetGrain<ISweeperGrain>(Join(district, SweeperSegment));

    /// <summary>The stream of a grain key; throws <see cref="FormatException"/> on a key this file does not make.</summary>
    public static StreamKey StreamOf(string grainKey)
    {
        ArgumentNullException.ThrowIfNull(grainKey);
        var slash = grainKey.IndexOf('/', StringComparison.Ordinal);
        var district = DistrictOf(grainKey).ToString();
        return new(district, slash < 0 ? DistrictStream : CheckedName(grainKey[(slash + 1)..], district));
    }

    /// <summary>The district of a grain key.</summary>
    public static AreaCode DistrictOf(string grainKey)
    {
        ArgumentNullException.ThrowIfNull(grainKey);
        var slash = grainKey.IndexOf('/', StringComparison.Ordinal);
        return AreaCode.TryParse(slash < 0 ? grainKey : grainKey[..slash], out var code) && code.Level == AreaLevel.District
            ? code
            : throw new FormatException($"'{grainKey}' does not begin with a district.");
    }

    /// <summary>The grain key of a stream: the inverse of <see cref="StreamOf"/>.</summary>
    public static string KeyOf(StreamKey stream) => stream.Name == DistrictStream ? stream.District : $"{stream.District}/{stream.Name}";

    private static string CheckedName(string name, string district)
    {
        var known = name is GridStream or SweeperSegment
            || (TwinKey.TryParse(name, out var twin) && (twin.IsBuilding || name.AsSpan(name.IndexOf('/', StringComparison.Ordinal) + 1).StartsWith(district, StringComparison.Ordinal)))
            || (name.StartsWith(OrgUnits, StringComparison.Ordinal) && IdText.IsValid(name.AsSpan(OrgUnits.Length)))
            || (name.StartsWith(Volunteers, StringComparison.Ordinal) && IdText.IsValid(name.AsSpan(Volunteers.Length)))
            || (name.StartsWith(WebhookStream, StringComparison.Ordinal) && IdText.IsValid(name.AsSpan(WebhookStream.Length)));
        return known ? name : throw new FormatException($"'{name}' is no stream of a grain.");
    }

    private static string Join(AreaCode district, string name) => $"{Text(district)}/{name}";

    private static string Text(AreaCode district) => district.Level == AreaLevel.District
        ? district.ToString()
        : throw new ArgumentException($"'{district}' is no district.", nameof(district));

    private static string Given(string id) => id.Length > 0 ? id : throw new ArgumentException("The id is empty.", nameof(id));

    private static IGrainFactory Of(IGrainFactory grains)
    {
        ArgumentNullException.ThrowIfNull(grains);
        return grains;
    }
}
