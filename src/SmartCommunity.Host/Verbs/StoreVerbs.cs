using System.Text.Json.Nodes;
using SmartCommunity.Grains.Keeping;

namespace SmartCommunity.Host.Verbs;

/// <summary>Looks at a backup or a data folder at rest, restores a backup, and moves a district from store to store.</summary>
internal static class StoreVerbs
{
    public static async Task<(bool IsGood, JsonNode Report)> CheckAsync(string folder) =>
        Answer(await BackupCheck.RunAsync(folder, Step, CancellationToken.None));

    public static async Task<(bool IsGood, JsonNode Report)> RestoreAsync(string backup, string folder) =>
        Answer(await BackupRestore.RunAsync(backup, folder, Step, CancellationToken.None));

    public static async Task<(bool IsGood, JsonNode Report)> ExportAsync(string district, string folder, string file) =>
        (true, Verb.ToNode(await DistrictMove.ExportAsync(district, folder, file, Step, CancellationToken.None)));

    public static async Task<(bool IsGood, JsonNode Report)> ImportAsync(string file, string folder) =>
        (true, Verb.ToNode(await DistrictMove.ImportAsync(file, folder, Step, CancellationToken.None)));

    private static void Step(string step) => Verb.Say("step", step);

    private static (bool IsGood, JsonNode Report) Answer(CheckReport report) => (report.IsSound, Verb.ToNode(report));
}
