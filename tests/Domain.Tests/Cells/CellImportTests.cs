using System.Diagnostics;
using System.Globalization;
using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.Cells;
using SmartCommunity.Domain.Commands;
using SmartCommunity.Domain.Districts;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Domain.Tests.Twins;

namespace SmartCommunity.Domain.Tests.Cells;

public class CellImportTests
{
    private const double Side = 0.001;

    private static readonly AreaCode District = AreaCode.Parse("340104");

    [Fact]
    public void Ten_thousand_polygons_import_with_exactly_their_overlaps_found()
    {
        var random = new Random(20261123);
        var drafts = Enumerable.Range(0, 10_000).Select(i => Draft(i + 1, Code(i), Square(i % 100, i / 100))).ToArray();
        var overlapping = new SortedSet<int>();
        while (overlapping.Count < 40)
        {
            // Never two neighbours, so that each grown cell overlaps its eastern neighbour and nothing else.
            var i = random.Next(5_000) * 2;
            overlapping.Add(i % 100 == 98 ? i - 2 : i);
        }

        foreach (var i in overlapping)
        {
            drafts[i] = Draft(i + 1, Code(i), Square(i % 100, i / 100, grow: 0.1));
        }

        var watch = Stopwatch.StartNew();
        var check = CellImport.Check(District, drafts, [], _ => true);
        Assert.Equal(overlapping.Select(i => i + 2), check.Refusals.Select(r => r.Row));
        Assert.All(check.Refusals, r => Assert.Equal(RefusalCode.Overlap, r.Refusal.Code));
        Assert.Contains("(row " + (overlapping.Min + 1) + ")", check.Refusals[0].Refusal.Rule, StringComparison.Ordinal);
        Assert.Contains(" m²", check.Refusals[0].Refusal.Rule, StringComparison.Ordinal);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30), $"took {watch.Elapsed}");
    }

    [Fact]
    public void At_most_a_thousand_overlapping_pairs_are_listed()
    {
        // 45 cells on one place are 990 pairs, 46 are 1,035.
        Assert.Equal(1_000, CellNeighbours.OverlapsListedMax);
        Assert.Equal([990, 1_000], new[] { 45, 46 }.Select(count => CellImport.Check(
            District, [.. Enumerable.Range(0, count).Select(i => Draft(i + 1, Code(i), Square(0, 0)))], [], _ => true).Refusals.Length));
    }

    [Fact]
    public void Neighbours_that_share_a_border_do_not_overlap_and_an_area_is_in_square_metres()
    {
        var check = CellImport.Check(District, [Draft(1, Code(0), Square(0, 0)), Draft(2, Code(1), Square(1, 0))], [], _ => true);
        Assert.Empty(check.Refusals);
        Assert.InRange(check.Cells[0].AreaM2, 10_000, 10_100);
    }

    [Fact]
    public void An_overlap_with_a_cell_that_is_there_is_refused_and_its_own_old_outline_is_not()
    {
        var there = CellImport.Check(District, [Draft(1, Code(0), Square(0, 0))], [], _ => true).Cells;
        var check = CellImport.Check(District, [Draft(7, Code(1), Square(0.5, 0))], there, _ => true);
        Assert.Contains("(there already)", Assert.Single(check.Refusals).Refusal.Rule, StringComparison.Ordinal);
        Assert.Empty(CellImport.Check(District, [Draft(7, Code(0), Square(0.5, 0))], there, _ => true).Refusals);
    }

    [Fact]
    public void The_same_outline_from_another_corner_or_the_other_way_round_is_the_same_cell()
    {
        var ring = Square(0, 0);
        GeoPoint[] turned = [ring[2], ring[1], ring[0], ring[3], ring[2]];
        var one = CellImport.Check(District, [Draft(1, Code(0), ring)], [], _ => true).Cells[0];
        var two = CellImport.Check(District, [Draft(1, Code(0), turned)], [], _ => true).Cells[0];
        Assert.Equal(one.Rings[0], two.Rings[0]);
    }

    public static TheoryData<string, GeoPoint[], RefusalCode> BadRings => new()
    {
        { "open", Square(0, 0)[..4], RefusalCode.BadGeometry },
        { "empty", [], RefusalCode.BadGeometry },
        { "two points", [new(117, 31), new(117, 32), new(117, 31)], RefusalCode.BadGeometry },
        { "crossing", [new(117, 31), new(118, 32), new(118, 31), new(117, 32), new(117, 31)], RefusalCode.BadGeometry },
        { "swapped", [.. Square(0, 0).Select(p => new GeoPoint(p.Lat, p.Lon))], RefusalCode.BadGeometry },
        { "not a number", [new(double.NaN, 31), new(118, 32), new(118, 31), new(double.NaN, 31)], RefusalCode.BadGeometry },
        { "flat", [new(117, 31), new(118, 31), new(117.5, 31), new(117, 31)], RefusalCode.BadGeometry },
        { "too many points", [.. Enumerable.Repeat(new GeoPoint(117, 31), Limits.RingPointsMax + 1)], RefusalCode.TooLarge },
    };

    [Theory]
    [MemberData(nameof(BadRings))]
    public void A_bad_ring_is_refused_by_its_row(string what, GeoPoint[] ring, RefusalCode code)
    {
        var check = CellImport.Check(District, [Draft(1, Code(0), Square(3, 3)), Draft(2, Code(1), ring)], [], _ => true);
        var refusal = Assert.Single(check.Refusals);
        Assert.True((2, code) == (refusal.Row, refusal.Refusal.Code), $"{what}: {refusal}");
        Assert.StartsWith("rings", refusal.Refusal.Field, StringComparison.Ordinal);
    }

    [Fact]
    public void A_ring_at_the_limit_is_taken()
    {
        var circle = Enumerable.Range(0, Limits.RingPointsMax - 1)
            .Select(i => i * 2 * Math.PI / (Limits.RingPointsMax - 1))
            .Select(a => new GeoPoint(117.2 + (0.01 * Math.Cos(a)), 31.8 + (0.01 * Math.Sin(a)))).ToList();
        circle.Add(circle[0]);
        Assert.Empty(CellImport.Check(District, [Draft(1, Code(0), [.. circle])], [], _ => true).Refusals);
    }

    [Fact]
    public void Swapped_coordinates_that_fit_the_range_are_seen_against_the_others()
    {
        GeoPoint[] swapped = TwinWorld.Square(31.8, 60, Side);
        var drafts = Enumerable.Range(0, 5).Select(i => Draft(i + 1, Code(i), TwinWorld.Square(60 + (i * Side), 31.8, Side))).ToList();
        drafts.Add(Draft(6, Code(9), swapped));
        Assert.Contains("swapped", Assert.Single(CellImport.Check(District, [.. drafts], [], _ => true).Refusals).Refusal.Rule, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("34010400100100", RefusalCode.Malformed)]
    [InlineData("340104001001000", RefusalCode.Malformed)]
    [InlineData("340103001001001", RefusalCode.WrongParent)]
    [InlineData("340104999001001", RefusalCode.WrongParent)]
    public void A_bad_code_is_refused(string code, RefusalCode expected)
    {
        var check = CellImport.Check(District, [Draft(1, code, Square(0, 0))], [], c => c.Parent.ToString() != "340104999");
        Assert.Equal((expected, "code"), (check.Refusals[0].Refusal.Code, check.Refusals[0].Refusal.Field));
    }

    [Fact]
    public void A_code_twice_is_refused_and_names_the_first_row() => Assert.Contains(
        "Row 1",
        Assert.Single(CellImport.Check(District, [Draft(1, Code(0), Square(0, 0)), Draft(2, Code(0), Square(5, 5))], [], _ => true).Refusals).Refusal.Rule,
        StringComparison.Ordinal);

    [Fact]
    public void A_hole_inside_a_community_is_a_warning_and_fills_when_a_cell_covers_it()
    {
        var ring = Enumerable.Range(0, 9).Where(i => i != 4).Select(i => Draft(i + 1, Code(i), Square(i % 3, i / 3))).ToArray();
        var check = CellImport.Check(District, ring, [], _ => true);
        Assert.Empty(check.Refusals);
        Assert.Equal(RefusalCode.Gap, Assert.Single(check.Warnings).Refusal.Code);
        var filled = CellImport.Check(District, [Draft(1, Code(4), Square(1, 1))], check.Cells, _ => true);
        Assert.Empty(filled.Warnings);
    }

    [Fact]
    public void Cells_all_moved_by_the_same_few_hundred_metres_are_suspected_to_be_GCJ_02()
    {
        var drafts = Enumerable.Range(0, 9).Select(i => Draft(i + 1, Code(i), Square(i % 3, i / 3))).ToArray();
        var there = CellImport.Check(District, drafts, [], _ => true).Cells;
        var moved = drafts.Select(d => d with { Rings = [[.. d.Rings[0].Select(p => new GeoPoint(p.Lon + 0.0055, p.Lat - 0.002))]] }).ToArray();
        Assert.Contains("GCJ-02", Assert.Single(CellImport.Check(District, moved, there, _ => true).Warnings).Refusal.Rule, StringComparison.Ordinal);
    }

    [Fact]
    public void One_bad_row_and_nothing_is_defined()
    {
        var grid = GridState.Empty(District);
        var context = new CommandContext("key:test", DateTimeOffset.UnixEpoch);
        var names = GridDecider.NameAreas(
            grid, [new(AreaCode.Parse("340104001"), "三里庵街道", 0), new(AreaCode.Parse("340104001001"), "社区", 0)], WriteCondition.Upsert, context);
        foreach (var e in names.Value!.Events)
        {
            grid = GridDecider.Evolve(grid, e.Event);
        }

        var import = GridDecider.Import(grid, [Draft(1, Code(0), Square(0, 0)), Draft(2, Code(1), Square(0, 0)[..4])], WriteCondition.Upsert, context);
        Assert.Empty(import.Events);
        Assert.Equal((0, 2), (import.Result.Created, Assert.Single(import.Result.Refusals).Row));
    }

    [Fact]
    public void A_point_on_a_border_lies_in_exactly_one_cell_the_lowest_and_outside_in_none()
    {
        var drafts = Enumerable.Range(0, 100).Select(i => Draft(i + 1, Code(i), Square(i % 10, i / 10))).Reverse().ToArray();
        var check = CellImport.Check(District, drafts, [], _ => true);
        var index = new GridIndex(District, check.Cells, []);
        var corner = Square(5, 5)[0];
        Assert.Equal(Code(44), index.Locate(corner)?.ToString());
        Assert.Equal(Code(45), index.Locate(new(corner.Lon + (Side / 4), corner.Lat))?.ToString());
        Assert.Equal(Code(55), index.Locate(new(corner.Lon + (Side / 4), corner.Lat + (Side / 4)))?.ToString());
        Assert.Null(index.Locate(new(116, 31)));
        Assert.Null(index.Locate(new(double.NaN, 31)));
    }

    private static string Code(int i) => string.Create(CultureInfo.InvariantCulture, $"340104001{(i / 900) + 1:000}{(i % 900) + 1:000}");

    private static CellDraft Draft(int row, string code, GeoPoint[] ring) => new(row, code, "格", [ring]);

    private static GeoPoint[] Square(double x, double y, double grow = 0)
    {
        // Powers of two keep the shared corners equal to the last bit.
        double west = 117.25 + (x / 1024), south = 31.5 + (y / 1024), east = 117.25 + ((x + 1 + grow) / 1024), north = 31.5 + ((y + 1) / 1024);
        return [new(west, south), new(east, south), new(east, north), new(west, north), new(west, south)];
    }
}
