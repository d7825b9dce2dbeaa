using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using SmartCommunity.Cli.Looking;
using SmartCommunity.Cli.Output;
using SmartCommunity.V1;

namespace SmartCommunity.Cli.Playing;

/// <summary>What to play.</summary>
/// <param name="Speed">Simulated seconds a second.</param>
/// <param name="Hours">Simulated hours; the last one ends now.</param>
/// <param name="Seed">Same seed and same devices: same curves.</param>
/// <param name="Devices">Devices that speak.</param>
/// <param name="EverySeconds">Simulated seconds between two measurements of a device.</param>
internal sealed record DayPlan(int Speed, int Hours, int Seed, int Devices, int EverySeconds);

/// <summary>Plays a day of the demo district: every device speaks under its own token over its own connection.</summary>
internal sealed class DayPlay(Session session, DayPlan plan)
{
    /// <summary>A day in six minutes: long enough for a rule that waits a minute and steps down after two quiet ones.</summary>
    public const int SpeedDefault = 240;

    public const int SpeedMax = 1_000_000;
    public const int HoursDefault = 24;
    public const int HoursMax = 24 * 31;
    public const int DevicesDefault = 100;
    public const int EverySecondsDefault = 300;

    /// <summary>Tokens tried at once before the day begins.</summary>
    private const int ProbesMax = 16;

    private readonly ConcurrentDictionary<string, bool> known = new(StringComparer.Ordinal);

    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        var secret = session.Settings.DemoSecret ?? throw CliFailure.Usage(
            "The demo's secret was not found, so devices cannot log in.",
            "Start the demo host (dotnet run --project src/SmartCommunity.Host): it writes SC_DEMO_SECRET to data/demo.env.");
        var chosen = await ChooseAsync(secret, cancellation);
        var endMs = session.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        var script = new DayScript(chosen, plan, endMs - (plan.Hours * 3_600_000L));
        var devices = chosen.Select(d => new PublishingDevice(d.Id, DemoDeviceToken.Of(secret, d.Id))).ToList();
        session.Results.Remark(string.Create(
            CultureInfo.InvariantCulture,
            $"{plan.Hours} h of {chosen.Count} devices, {script.Count} messages, in about {plan.Hours * 3600.0 / plan.Speed:0} s; watch them in another window: sc watch --kinds alarm,report,device"));
        var tally = new Tally();
        await ProgressDisplay.RunAsync(session.Around, "playing", script.Count, async progress =>
        {
            using var pool = new PublishPool(session.Settings.Mqtt, session.Settings.RequiredDistrict, devices, tally, () => progress.Add(), session.Clock, cancellation);
            var began = session.Clock.GetTimestamp();
            foreach (var scene in script.Scenes())
            {
                var ahead = TimeSpan.FromMilliseconds(scene.OffsetMs / (double)plan.Speed) - session.Clock.GetElapsedTime(began);
                if (ahead > TimeSpan.FromMilliseconds(10))
                {
                    await Task.Delay(ahead, session.Clock, cancellation);
                }

                await pool.SendAsync(scene.Device, scene.Message);
            }

            await pool.CompleteAsync();
            return true;
        });
        Summarise(script, tally);
        return tally.Refused == 0 && tally.Unanswered == 0 ? ExitCode.Ok : ExitCode.Refused;
    }

    /// <summary>A fair share of every profile, spread over the district; only devices that carry the demo's tokens.</summary>
    private async Task<List<DayDevice>> ChooseAsync(string secret, CancellationToken cancellation)
    {
        var server = session.Server;
        var profiles = (await Listing.AllAsync(
            Listing.RowsMax,
            async (size, token) =>
            {
                var page = await server.CallAsync(o => server.Profiles.ListProfilesAsync(new() { Parent = server.District, PageSize = size, PageToken = token }, o), cancellation);
                return (page.Profiles, page.NextPageToken);
            })).ToDictionary(p => p.Name, StringComparer.Ordinal);
        var devices = await Listing.AllAsync(
            Listing.RowsMax,
            async (size, token) =>
            {
                var page = await server.CallAsync(o => server.Devices.ListDevicesAsync(new() { Parent = server.District, PageSize = size, PageToken = token }, o), cancellation);
                return (page.Devices, page.NextPageToken);
            });
        var candidates = devices.Where(d => !d.Revoked && profiles.ContainsKey(d.Profile)).ToList();
        var chosen = DayCast.Choose(candidates, plan.Devices);
        for (var strangers = await StrangersAsync(chosen, secret, cancellation); strangers.Count > 0; strangers = await StrangersAsync(chosen, secret, cancellation))
        {
            candidates.RemoveAll(d => strangers.Contains(d.Name));
            chosen = DayCast.Choose(candidates, plan.Devices);
        }

        return chosen.Count > 0
            ? chosen.ConvertAll(d => new DayDevice(Listing.Id(d.Name), Listing.Id(d.Profile), d.Area, [.. profiles[d.Profile].Metrics]))
            : throw CliFailure.Refused("The district has no devices of the demo.", "Start the demo host on an empty data folder.");
    }

    /// <summary>Names of those that have a token of their own, for example because somebody added them; they are left alone.</summary>
    private async Task<HashSet<string>> StrangersAsync(List<Device> chosen, string secret, CancellationToken cancellation)
    {
        var strangers = new ConcurrentBag<string>();
        await Parallel.ForEachAsync(chosen.Where(d => known.TryAdd(d.Name, true)), new ParallelOptions { MaxDegreeOfParallelism = ProbesMax, CancellationToken = cancellation }, async (device, stop) =>
        {
            var id = Listing.Id(device.Name);
            using var probe = new DevicePublisher(session.Settings.Mqtt, session.Settings.RequiredDistrict, new(id, DemoDeviceToken.Of(secret, id)), new(), session.Clock);
            if (!await probe.CanLogInAsync(stop))
            {
                strangers.Add(device.Name);
            }
        });
        return [.. strangers];
    }

    private void Summarise(DayScript script, Tally tally)
    {
        var document = tally.ToJson();
        document.Insert(0, "hours", plan.Hours);
        document.Insert(1, "devices", script.DeviceCount);
        document["look"] = new JsonArray([.. script.Look.Select(l => (JsonNode?)JsonValue.Create(l))]);
        session.Results.Document(document);
        session.Results.Line(string.Create(
            CultureInfo.InvariantCulture,
            $"{tally.Sent} sent, {tally.Acked} acknowledged ({tally.Accepted} accepted, {tally.Quarantined} quarantined), {tally.Refused} refused, {tally.Redelivered} sent again"));
        session.Results.Line("now look at:");
        foreach (var line in script.Look)
        {
            session.Results.Line("  " + line);
        }
    }
}
