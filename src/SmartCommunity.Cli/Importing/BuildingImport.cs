using SmartCommunity.Cli.Connections;
using SmartCommunity.Cli.Files;
using SmartCommunity.V1;

namespace SmartCommunity.Cli.Importing;

/// <summary>Buildings from a table: id, name, lon, lat; optional address, storeys, households, captain.</summary>
internal static class BuildingImport
{
    public static ImportPlan Plan(string path, TableForm form, Server server)
    {
        var table = Table.Open(path, form, FileLimits.Import, "id", "name", "lon", "lat");
        var errors = new List<RowError>();
        var rows = table.Rows(errors).Select(r => ToRow(new(r, errors), server.District)).ToList();
        ImportPlan.RefuseRepeatedIds(rows, "id", "row", errors);
        return new("buildings", "row", ImportRun.BatchRowsMax, rows, errors, async (batch, dryRun, requestId, cancellation) =>
        {
            var request = new ImportBuildingsRequest { Parent = server.District, DryRun = dryRun, RequestId = requestId };
            request.Rows.AddRange(batch.Select(r => new BuildingRow { Row = r.Number, BuildingId = r.Id, Building = (Building)r.Record }));
            return new((await server.ImportAsync(o => server.Buildings.ImportBuildingsAsync(request, o), cancellation)).Summary, []);
        });
    }

    private static ImportRow ToRow(Fields fields, string district)
    {
        var captain = fields.Text("captain");
        return new(fields.Number, fields.Required("id"), new Building
        {
            DisplayName = fields.Required("name"),
            Address = fields.Text("address"),
            Location = new() { Lon = fields.Decimal("lon"), Lat = fields.Decimal("lat") },
            Storeys = fields.Count("storeys"),
            Households = fields.Count("households"),
            Captain = captain.Length == 0 ? "" : $"{district}/volunteers/{captain}",
        });
    }
}
