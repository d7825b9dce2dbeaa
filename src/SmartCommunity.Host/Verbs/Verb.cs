using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using SmartCommunity.Host.Settings;
using SmartCommunity.Storage;
using SmartCommunity.Storage.Moving;

namespace SmartCommunity.Host.Verbs;

/// <summary>
/// Work on files and settings that needs the server's own rules but no running server: <c>check-store</c>, <c>restore</c>, <c>export</c>, <c>import-district</c>, <c>config</c>. <c>sc</c> starts them
/// and shows what they say: lines of JSON, <c>{"step":…}</c> while they work and <c>{"report":…}</c> or <c>{"refusal":…}</c> at the end.
/// </summary>
internal static class Verb
{
    private const int Refused = 1;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Runs the verb that the command line begins with; null when it begins with none.</summary>
    public static Task<int>? Find(string[] args) => args switch
    {
        ["check-store", var folder] => RunAsync(() => StoreVerbs.CheckAsync(folder)),
        ["restore", var backup, var folder] => RunAsync(() => StoreVerbs.RestoreAsync(backup, folder)),
        ["export", var district, var folder, var file] => RunAsync(() => StoreVerbs.ExportAsync(district, folder, file)),
        ["import-district", var file, var folder] => RunAsync(() => StoreVerbs.ImportAsync(file, folder)),
        ["config", .. var options] => RunAsync(() => Task.FromResult(ConfigVerb.Report(options))),
        _ => null,
    };

    public static void Say(string name, JsonNode? content)
    {
        Console.WriteLine(new JsonObject { [name] = content }.ToJsonString(Json));
        Console.Out.Flush();
    }

    public static JsonNode ToNode<T>(T value) => JsonSerializer.SerializeToNode(value, Json)!;

    private static async Task<int> RunAsync(Func<Task<(bool IsGood, JsonNode Report)>> work)
    {
        try
        {
            var (isGood, report) = await work();
            Say("report", report);
            return isGood ? 0 : Refused;
        }
        catch (Exception refused) when (refused is StartRefusedException or StoreUnavailableException or DistrictFileException)
        {
            Say("refusal", refused.Message);
            return Refused;
        }
    }
}
