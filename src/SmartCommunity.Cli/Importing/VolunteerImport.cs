using SmartCommunity.Cli.Connections;
using SmartCommunity.Cli.Files;
using SmartCommunity.V1;

namespace SmartCommunity.Cli.Importing;

/// <summary>Volunteers from a table: id, name, area; optional phone, skills (separated by semicolons), party_member.</summary>
internal static class VolunteerImport
{
    public static ImportPlan Plan(string path, TableForm form, Server server)
    {
        var table = Table.Open(path, form, FileLimits.Import, "id", "name", "area");
        var errors = new List<RowError>();
        var rows = table.Rows(errors).Select(r => ToRow(new(r, errors))).ToList();
        ImportPlan.RefuseRepeatedIds(rows, "id", "row", errors);
        return new("volunteers", "row", ImportRun.BatchRowsMax, rows, errors, async (batch, dryRun, requestId, cancellation) =>
        {
            var request = new ImportVolunteersRequest { Parent = server.District, DryRun = dryRun, RequestId = requestId };
            request.Rows.AddRange(batch.Select(r => new VolunteerRow { Row = r.Number, VolunteerId = r.Id, Volunteer = (Volunteer)r.Record }));
            return new((await server.ImportAsync(o => server.Volunteers.ImportVolunteersAsync(request, o), cancellation)).Summary, []);
        });
    }

    private static ImportRow ToRow(Fields fields)
    {
        var volunteer = new Volunteer
        {
            DisplayName = fields.Required("name"),
            Phone = fields.Text("phone"),
            Area = fields.Required("area"),
            PartyMember = fields.Truth("party_member"),
        };
        volunteer.Skills.AddRange(fields.Text("skills").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        return new(fields.Number, fields.Required("id"), volunteer);
    }
}
