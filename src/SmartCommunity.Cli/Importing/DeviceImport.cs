using SmartCommunity.Cli.Connections;
using SmartCommunity.Cli.Files;
using SmartCommunity.V1;

namespace SmartCommunity.Cli.Importing;

/// <summary>Devices from a table: id, profile, mount (<c>buildings/ID</c> or <c>cells/CODE</c>); optional name, gateway (a device id), and a credential: token, or username and
/// password; a password that is left out is made.</summary>
internal static class DeviceImport
{
    public static ImportPlan Plan(string path, TableForm form, Server server)
    {
        var table = Table.Open(path, form, FileLimits.Import, "id", "profile", "mount");
        var errors = new List<RowError>();
        var rows = table.Rows(errors).Select(r => ToRow(new(r, errors), server.District)).ToList();
        ImportPlan.RefuseRepeatedIds(rows, "id", "row", errors);
        return new("devices", "row", ImportRun.BatchRowsMax, rows, errors, async (batch, dryRun, requestId, cancellation) =>
        {
            var request = new ImportDevicesRequest { Parent = server.District, DryRun = dryRun, RequestId = requestId };
            request.Rows.AddRange(batch.Select(r => (DeviceRow)r.Record));
            var answer = await server.ImportAsync(o => server.Devices.ImportDevicesAsync(request, o), cancellation);
            return new(answer.Summary, answer.Tokens);
        });
    }

    private static ImportRow ToRow(Fields fields, string district)
    {
        var mount = fields.Required("mount");
        if (mount.Length > 0 && !mount.StartsWith("buildings/", StringComparison.Ordinal) && !mount.StartsWith("cells/", StringComparison.Ordinal))
        {
            fields.Add("mount", $"'{mount}' names neither a building nor a cell.", "Write buildings/ID or cells/CODE.");
        }

        var id = fields.Required("id");
        var name = fields.Text("name");
        var gateway = fields.Text("gateway");
        return new(fields.Number, id, new DeviceRow
        {
            Row = fields.Number,
            DeviceId = id,
            Device = new()
            {
                DisplayName = name.Length > 0 ? name : id,
                Profile = $"{district}/profiles/{fields.Required("profile")}",
                Mount = $"{district}/{mount}",
                Gateway = gateway.Length > 0 ? $"{district}/devices/{gateway}" : string.Empty,
            },
            Token = fields.Text("token"),
            Username = fields.Text("username"),
            Password = fields.Text("password"),
        });
    }
}
