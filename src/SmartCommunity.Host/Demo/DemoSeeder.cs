using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.Commands;
using SmartCommunity.Domain.Demo;
using SmartCommunity.Domain.OrgUnits;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Grains;
using SmartCommunity.Grains.Directory;
using SmartCommunity.Host.Health;
using SmartCommunity.Host.Settings;

namespace SmartCommunity.Host.Demo;

/// <summary>
/// Fills the store with the demo district by the same commands that the API gives. Every command says "as it should be" and is harmless to repeat, so
/// a start that was killed in between goes on where it stopped.
/// </summary>
internal sealed class DemoSeeder(IGrainFactory grains, TimeProvider clock, DemoSettings settings, StartProgress progress)
{
    private const string Actor = "system:demo";

    /// <summary>Issues the API key last: a store without it is not complete.</summary>
    public async Task SeedAsync(DemoDistrict demo, string apiKey, CancellationToken cancellation)
    {
        var code = demo.District.Code;
        await SeedCatalogueAsync(demo, cancellation);
        await SeedGridAsync(demo, cancellation);
        foreach (var tier in (OrgTier[])[OrgTier.StreetCommittee, OrgTier.CommunityCommittee, OrgTier.Branch])
        {
            await EachAsync("units", demo.OrgUnits.Where(u => u.Tier == tier), u => grains.OrgUnit(code, u.Id).Define(u, WriteCondition.Upsert, Now()), cancellation);
        }

        await EachAsync("volunteers", demo.Volunteers, v => grains.Volunteer(code, v.Id).Define(v, WriteCondition.Upsert, Now()), cancellation);
        await EachAsync("buildings", demo.Buildings, b => grains.Building(code, b.Id).Define(b, WriteCondition.Upsert, Now()), cancellation);
        await EachAsync("devices", demo.Devices, d => grains.Twin(code, d.Mount).DefineDevice(d, WriteCondition.Upsert, Now()), cancellation);
        var hash = CredentialHash.Of(apiKey);
        Check("API key", await grains.District(code).IssueApiKey("demo-" + hash[..8], hash, "Demo", Now()));
    }

    private async Task SeedCatalogueAsync(DemoDistrict demo, CancellationToken cancellation)
    {
        progress.WaitingFor = "the demo district is being filled: catalogue";
        var district = grains.District(demo.District.Code);
        Check("district", await district.Define(demo.District, WriteCondition.Upsert, Now()));
        foreach (var profile in demo.Profiles)
        {
            cancellation.ThrowIfCancellationRequested();
            Check("profile", await district.DefineProfile(profile, WriteCondition.Upsert, Now()));
        }

        foreach (var rule in demo.Rules)
        {
            cancellation.ThrowIfCancellationRequested();
            Check("rule", await district.DefineRule(rule, WriteCondition.Upsert, Now()));
        }
    }

    private async Task SeedGridAsync(DemoDistrict demo, CancellationToken cancellation)
    {
        progress.WaitingFor = "the demo district is being filled: cells";
        var grid = grains.Grid(demo.District.Code);
        Check("areas", await grid.NameAreas(demo.Areas, WriteCondition.Upsert, Now()));
        cancellation.ThrowIfCancellationRequested();
        var imported = await grid.Import(demo.Cells, WriteCondition.Upsert, Now());
        if (imported.Refusals is [var first, ..])
        {
            throw Refused($"cell {first.Id}", first.Refusal);
        }
    }

    private async Task EachAsync<TItem, TResult>(string what, IEnumerable<TItem> items, Func<TItem, Task<Outcome<TResult>>> command, CancellationToken cancellation)
    {
        progress.WaitingFor = $"the demo district is being filled: {what}";
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = settings.CommandsMax, CancellationToken = cancellation };
        await Parallel.ForEachAsync(items, parallel, async (item, _) => Check(what, await command(item)));
    }

    private CommandContext Now() => new(Actor, clock.GetUtcNow());

    private static void Check<T>(string what, Outcome<T> outcome)
    {
        if (outcome.IsRefused)
        {
            throw Refused(what, outcome.Refusal);
        }
    }

    private static StartRefusedException Refused(string what, Refusal refusal) => new(
        $"The demo district cannot be filled ({what}, {refusal.Field}): {refusal.Rule}",
        "start with --Demo:Enabled=false, or delete the data folder and start again.");
}
