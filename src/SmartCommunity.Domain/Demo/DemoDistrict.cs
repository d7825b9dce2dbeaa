using System.Globalization;
using SmartCommunity.Domain.Alarms;
using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.Buildings;
using SmartCommunity.Domain.Cells;
using SmartCommunity.Domain.Devices;
using SmartCommunity.Domain.Districts;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Domain.OrgUnits;
using SmartCommunity.Domain.Twins;
using SmartCommunity.Domain.Volunteers;

namespace SmartCommunity.Domain.Demo;

/// <summary>
/// The demo district 340104 as plain records, the same for the same seed: 12 real streets and towns, 48 communities, 240 cells, 1,200 buildings,
/// 60 volunteers, 108 units and about 2,100 devices. Define them in the order of the properties.
/// </summary>
public sealed record DemoDistrict(
    District District,
    DeviceProfile[] Profiles,
    AlarmRule[] Rules,
    AreaName[] Areas,
    CellDraft[] Cells,
    OrgUnit[] OrgUnits,
    Volunteer[] Volunteers,
    Building[] Buildings,
    Device[] Devices)
{
    public const int DefaultSeed = 340104;

    private const int BuildingsPerCell = 5;
    private const int VolunteerCount = 60;

    /// <param name="tokenSecret">See <see cref="DemoTokens"/>; the devices carry the hashes of their tokens.</param>
    public static DemoDistrict Generate(string tokenSecret, int seed = DefaultSeed)
    {
        var district = new District(AreaCode.Parse(DemoNames.District), DemoNames.DistrictName, "Asia/Shanghai", new(117.2, 31.83), 0);
        var streets = DemoNames.Streets.Select(s => new AreaName(AreaCode.Parse(s.Code), s.Name, 0)).ToArray();
        var communities = streets.SelectMany(Communities).ToArray();
        var cells = CellsOf(streets, communities, new DemoGrid(seed));
        var volunteers = Enumerable.Range(0, VolunteerCount).Select(i => VolunteerOf(i, communities)).ToArray();
        var random = new Random(seed);
        var buildings = cells.SelectMany((cell, i) => BuildingsOf(cell, communities[i / DemoGrid.CellsPerCommunity], random, volunteers)).ToArray();
        var devices = cells.SelectMany((cell, i) => StreetDevices(cell, i)).Concat(buildings.SelectMany(BuildingDevices))
            .Select(d => d with { TokenHash = TokenHash.Of(DemoTokens.Of(tokenSecret, d.Id)) })
            .ToArray();
        return new(
            district, DemoCatalogue.Profiles(), DemoCatalogue.Rules(), [.. streets, .. communities], cells, Units(streets, communities), volunteers, buildings, devices);
    }

    private static IEnumerable<AreaName> Communities(AreaName street, int index) => Enumerable.Range(0, DemoGrid.CommunitiesPerStreet).Select(i => new AreaName(
        AreaCode.Parse(string.Create(CultureInfo.InvariantCulture, $"{street.Code}{i + 1:000}")),
        DemoNames.Community((index * DemoGrid.CommunitiesPerStreet) + i),
        0));

    private static CellDraft[] CellsOf(AreaName[] streets, AreaName[] communities, DemoGrid grid)
    {
        var cells = new List<CellDraft>();
        for (var street = 0; street < streets.Length; street++)
        {
            for (var i = 0; i < DemoGrid.CommunitiesPerStreet; i++)
            {
                var community = communities[(street * DemoGrid.CommunitiesPerStreet) + i];
                for (var cell = 0; cell < DemoGrid.CellsPerCommunity; cell++)
                {
                    var code = string.Create(CultureInfo.InvariantCulture, $"{community.Code}{cell + 1:000}");
                    var name = string.Create(CultureInfo.InvariantCulture, $"{community.Name}第{cell + 1}网格");
                    cells.Add(new(cells.Count + 1, code, name, [grid.Ring(street, i, cell)]));
                }
            }
        }

        return [.. cells];
    }

    private static IEnumerable<Building> BuildingsOf(CellDraft cell, AreaName community, Random random, Volunteer[] volunteers)
    {
        var code = AreaCode.Parse(cell.Code);
        var ring = cell.Rings[0];
        var (west, east) = (ring.Min(p => p.Lon), ring.Max(p => p.Lon));
        var (south, north) = (ring.Min(p => p.Lat), ring.Max(p => p.Lat));
        for (var i = 0; i < BuildingsPerCell; i++)
        {
            // One column a building, in the middle of the cell: inside, however the corners were shifted.
            var lon = west + ((east - west) * (0.3 + (0.1 * i) + (0.04 * (random.NextDouble() - 0.5))));
            var lat = south + ((north - south) * (0.4 + (0.2 * random.NextDouble())));
            var storeys = random.Next(6, 34);
            var number = ((int.Parse(cell.Code[^3..], CultureInfo.InvariantCulture) - 1) * BuildingsPerCell) + i + 1;
            yield return new(
                BuildingId.Parse(string.Create(CultureInfo.InvariantCulture, $"b-{DemoNames.Local(code)}-{i + 1}")),
                string.Create(CultureInfo.InvariantCulture, $"{community.Name[..^2]}{number}号楼"),
                string.Create(CultureInfo.InvariantCulture, $"合肥市蜀山区{community.Name}{number}号"),
                new(Math.Round(lon, 7), Math.Round(lat, 7)),
                code,
                storeys,
                storeys * random.Next(2, 7),
                i == 0 ? volunteers[random.Next(volunteers.Length)].Id : null,
                0);
        }
    }

    private static Volunteer VolunteerOf(int index, AreaName[] communities) => new(
        VolunteerId.Parse(string.Create(CultureInfo.InvariantCulture, $"v-{index + 1:000}")),
        DemoNames.Person(index),
        string.Create(CultureInfo.InvariantCulture, $"1990000{index:0000}"),
        [DemoNames.Skills[index % DemoNames.Skills.Length], DemoNames.Skills[(index + 3) % DemoNames.Skills.Length]],
        communities[index % communities.Length].Code,
        index % 3 != 2,
        null,
        0);

    private static OrgUnit[] Units(AreaName[] streets, AreaName[] communities)
    {
        var top = streets.Select(s => new OrgUnit(UnitId("street", s.Code), OrgTier.StreetCommittee, s.Name + "党工委", s.Code, null, 0));
        var middle = communities.Select(c => new OrgUnit(
            UnitId("community", c.Code), OrgTier.CommunityCommittee, c.Name + "党委", c.Code, UnitId("street", c.Code.Parent), 0));
        var low = communities.Select(c => new OrgUnit(
            UnitId("branch", c.Code), OrgTier.Branch, c.Name + "第一党支部", c.Code, UnitId("community", c.Code), 0));
        return [.. top, .. middle, .. low];
    }

    private static OrgUnitId UnitId(string kind, AreaCode area) => OrgUnitId.Parse($"{kind}-{DemoNames.Local(area)}");

    private static IEnumerable<Device> StreetDevices(CellDraft cell, int index)
    {
        var code = AreaCode.Parse(cell.Code);
        var local = DemoNames.Local(code);
        yield return DeviceOf("env-" + local, cell.Name + "环境监测", DemoCatalogue.Environment, TwinKey.Of(code), code);
        yield return DeviceOf("light-" + local, cell.Name + "路灯", DemoCatalogue.Light, TwinKey.Of(code), code);
        if (index % DemoGrid.CellsPerCommunity == 0)
        {
            yield return DeviceOf("kiosk-" + DemoNames.Local(code.Parent), cell.Name + "自助终端", DemoCatalogue.Kiosk, TwinKey.Of(code), code);
        }
    }

    private static IEnumerable<Device> BuildingDevices(Building building, int index)
    {
        var local = building.Id.ToString()["b-".Length..];
        var (mount, area) = (TwinKey.Of(building.Id), building.Cell!.Value);
        yield return DeviceOf("smoke-" + local, building.Name + "烟感", DemoCatalogue.Smoke, mount, area);
        if (index % 4 == 0)
        {
            yield return DeviceOf("water-" + local, building.Name + "水表", DemoCatalogue.WaterMeter, mount, area);
        }

        if (index % 10 == 0)
        {
            yield return DeviceOf("lift-" + local, building.Name + "电梯", DemoCatalogue.Lift, mount, area);
        }
    }

    private static Device DeviceOf(string id, string name, ProfileId profile, TwinKey mount, AreaCode area) =>
        new(DeviceId.Parse(id), name, profile, mount, area, Revoked: false, string.Empty, 0);
}
