using SmartCommunity.Cli.Connections;
using SmartCommunity.Cli.Files;
using SmartCommunity.V1;

namespace SmartCommunity.Cli.Importing;

/// <summary>Grid cells from GeoJSON. The server takes all cells of a file in one call, so that overlaps are seen and nothing is half done.</summary>
internal static class CellImport
{
    /// <summary>The server's limit of one import.</summary>
    public const int FeaturesMax = 10_000;

    public static ImportPlan Plan(string path, Server server)
    {
        var file = CellFeatures.Read(path, FileLimits.Import with { RowsMax = FeaturesMax });
        var errors = file.Errors.ToList();
        var rows = file.Cells.Select(c => new ImportRow(c.Number, c.Code, ToCell(c))).ToList();
        ImportPlan.RefuseRepeatedIds(rows, "properties.code", "feature", errors);
        return new("cells", "feature", FeaturesMax, rows, errors, async (batch, dryRun, requestId, cancellation) =>
        {
            var request = new ImportCellsRequest { Parent = server.District, DryRun = dryRun, RequestId = requestId };
            request.Rows.AddRange(batch.Select(r => new CellRow { Row = r.Number, CellId = r.Id, Cell = (Cell)r.Record }));
            return new((await server.ImportAsync(o => server.Cells.ImportCellsAsync(request, o), cancellation)).Summary, []);
        });
    }

    private static Cell ToCell(CellFeature feature)
    {
        var outline = new Polygon();
        foreach (var ring in feature.Rings)
        {
            var line = new LinearRing();
            line.Points.AddRange(ring.Select(p => new GeoPoint { Lon = p.Lon, Lat = p.Lat }));
            outline.Rings.Add(line);
        }

        return new() { DisplayName = feature.Name.Length > 0 ? feature.Name : feature.Code, Outline = outline };
    }
}
