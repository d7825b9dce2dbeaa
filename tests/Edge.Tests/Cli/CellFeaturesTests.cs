using SmartCommunity.Cli.Files;
using Xunit;

namespace SmartCommunity.Edge.Tests.Cli;

public sealed class CellFeaturesTests
{
    private const string Square = "[[[117.1,31.8],[117.2,31.8],[117.2,31.9],[117.1,31.8]]]";

    [Fact]
    public void A_collection_of_polygons_is_read()
    {
        var file = Read(Collection(Feature("\"code\":\"340104001001001\",\"name\":\"一格\"", Square), Feature("\"code\":340104001001002", "[[[1,2,30],[3,4],[5,6],[1,2]],[[1,2],[3,4],[5,6],[1,2]]]")));
        Assert.Empty(file.Errors);
        Assert.Equal([(1, "340104001001001", "一格", 1), (2, "340104001001002", "", 2)], file.Cells.Select(c => (c.Number, c.Code, c.Name, c.Rings.Count)));
        Assert.Equal(new LonLat(117.1, 31.8), file.Cells[0].Rings[0][0]);
    }

    [Fact]
    public void Every_bad_feature_is_told_by_its_number()
    {
        var file = Read(Collection(
            Feature("\"name\":\"no code\"", Square),
            Feature("\"code\":\"340104001001001\"", Square),
            Feature("\"code\":\"340104001001002\"", Square, "MultiPolygon"),
            Feature("\"code\":\"340104001001003\"", "[]"),
            Feature("\"code\":\"340104001001004\"", "[[[117.1,31.8],[\"117\",31.8]]]"),
            "{\"type\":\"Point\"}",
            "7"));
        Assert.Equal([1, 3, 4, 5, 6, 7], file.Errors.Select(e => e.Row));
        Assert.Equal("geometry.coordinates[0][1]", file.Errors[3].Column);
        Assert.Equal(2, Assert.Single(file.Cells).Number);
        Assert.All(file.Errors, e => Assert.NotEmpty(e.WayOut));
    }

    [Fact]
    public void A_text_that_ends_too_early_is_told_with_its_line()
    {
        var file = Read("{\"type\":\"FeatureCollection\",\"features\":[\n" + Feature("\"code\":\"340104001001001\"", Square) + ",\n{\"type\":");
        Assert.Contains("line 3", Assert.Single(file.Errors).Rule, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"type\":\"Feature\",\"geometry\":null}")]
    [InlineData("{\"type\":\"FeatureCollection\"}")]
    [InlineData("{\"type\":\"FeatureCollection\",\"crs\":{\"properties\":{\"name\":\"urn:ogc:def:crs:EPSG::3857\"}},\"features\":[]}")]
    public void What_is_no_collection_in_degrees_is_refused_whole(string text) => Assert.Throws<BadFileException>(() => Read(text));

    [Fact]
    public void Nesting_without_end_is_refused_quickly()
    {
        var file = Read("{\"type\":\"FeatureCollection\",\"features\":[{\"a\":" + new string('[', 100_000));
        Assert.Single(file.Errors);
    }

    [Fact]
    public void One_feature_more_than_allowed_is_refused()
    {
        var limits = FileLimits.Import with { RowsMax = 2 };
        var feature = Feature("\"code\":\"1\"", Square);
        Assert.Equal(2, Read(Collection(feature, feature), limits).Cells.Count);
        Assert.Equal(3, Assert.Throws<BadFileException>(() => Read(Collection(feature, feature, feature), limits)).Error.Row);
    }

    private static string Collection(params string[] features) => $"{{\"type\":\"FeatureCollection\",\"name\":\"x\",\"features\":[{string.Join(',', features)}]}}";

    private static string Feature(string properties, string coordinates, string type = "Polygon") =>
        $"{{\"type\":\"Feature\",\"properties\":{{{properties}}},\"geometry\":{{\"type\":\"{type}\",\"coordinates\":{coordinates}}}}}";

    private static CellFeatures Read(string text, FileLimits? limits = null)
    {
        using var folder = new Folder();
        return CellFeatures.Read(folder.Write("grid.geojson", text), limits ?? FileLimits.Import);
    }
}
