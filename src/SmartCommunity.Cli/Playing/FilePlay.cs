using System.Globalization;
using System.Text.Json.Nodes;
using SmartCommunity.Cli.Files;
using SmartCommunity.Cli.Mappings;
using SmartCommunity.Cli.Output;

namespace SmartCommunity.Cli.Playing;

/// <summary>Replays a CSV file through MQTT as fast as the server acknowledges. Every row is sent; what the server thinks of it is counted.</summary>
internal sealed class FilePlay(Session session, string file, MappingFile mapping, string credentialsPath, bool createDevices, string? mount)
{
    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        var district = session.Settings.RequiredDistrict;
        var (rows, wanted) = Survey(district);
        var devices = await new DeviceAccess(session, credentialsPath, createDevices).EnsureAsync(mapping.Profile, wanted, cancellation);
        var tally = new Tally();
        var began = session.Clock.GetTimestamp();
        await ProgressDisplay.RunAsync(session.Around, $"replaying {mapping.Name}", rows, async progress =>
        {
            using var pool = new PublishPool(session.Settings.Mqtt, district, devices, tally, () => progress.Add(), session.Clock, cancellation);
            var mapper = new RowMapper(mapping, district, mount);
            var table = Table.Open(file, TableForm.Plain, FileLimits.Replay, mapper.Columns);
            foreach (var row in table.Rows())
            {
                var message = mapper.Map(row);
                await pool.SendAsync(message.Device.Id, new(message.Kind, message.Payload));
            }

            await pool.CompleteAsync();
            return true;
        });
        Summarise(rows, devices.Count, tally, session.Clock.GetElapsedTime(began));
        return tally.Refused == 0 && tally.Unanswered == 0 ? ExitCode.Ok : ExitCode.Refused;
    }

    /// <summary>Reads the whole file once, so that a bad row stops the run before anything is sent.</summary>
    private (int Rows, List<DeviceWanted> Devices) Survey(string district)
    {
        var mapper = new RowMapper(mapping, district, mount);
        var devices = new Dictionary<string, DeviceWanted>(StringComparer.Ordinal);
        var rows = 0;
        var table = Table.Open(file, TableForm.Plain, FileLimits.Replay, mapper.Columns);
        foreach (var row in table.Rows())
        {
            var device = mapper.Map(row).Device;
            devices.TryAdd(device.Id, device);
            rows++;
            if (devices.Count > PublishPool.DevicesMax)
            {
                throw new BadFileException(new(row.Number, "", $"The rows up to here name more than {PublishPool.DevicesMax} devices.", "Check device.id of the mapping, or split the file."));
            }
        }

        return (rows, [.. devices.Values]);
    }

    private void Summarise(int rows, int devices, Tally tally, TimeSpan took)
    {
        var document = tally.ToJson();
        document.Insert(0, "mapping", mapping.Name);
        document.Insert(1, "rows", rows);
        document.Insert(2, "devices", devices);
        document["seconds"] = Math.Round(took.TotalSeconds, 1);
        session.Results.Document(document);
        session.Results.Line(string.Create(
            CultureInfo.InvariantCulture,
            $"{rows} rows of {devices} devices: {tally.Sent} sent, {tally.Acked} acknowledged ({tally.Accepted} accepted, {tally.Quarantined} quarantined), {tally.Refused} refused, {tally.Redelivered} sent again, {took.TotalSeconds:0.0} s"));
        if (tally.Quarantined > 0)
        {
            session.Results.Line("why: sc quarantine list");
        }
    }
}
