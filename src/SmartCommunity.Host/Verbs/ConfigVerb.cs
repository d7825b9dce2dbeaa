using System.Text.Json.Nodes;
using SmartCommunity.Host.Settings;
using SmartCommunity.Storage.Sqlite;

namespace SmartCommunity.Host.Verbs;

/// <summary>The options as a start would read them, with all problems instead of the first, and without opening anything.</summary>
internal static class ConfigVerb
{
    public static (bool IsGood, JsonNode Report) Report(string[] options)
    {
        var problems = new List<StartRefusedException>();
        var reader = HostSettings.Reader(options, problems.Add);
        HostSettings? settings = null;
        try
        {
            settings = HostSettings.Check(reader, options);
        }
        catch (StartRefusedException last)
        {
            problems.Add(last);
        }

        return (problems.Count == 0, new JsonObject
        {
            ["problems"] = Verb.ToNode(problems.Select(p => p.Message)),
            ["options"] = Verb.ToNode(reader.Options.OrderBy(o => o.Key, StringComparer.Ordinal)),
            ["dataFolder"] = settings is null ? null : Path.GetFullPath(settings.Store.Folder),
            ["schemaNewest"] = StoreFile.NewestSchema,
            ["version"] = typeof(ConfigVerb).Assembly.GetName().Version!.ToString(3),
        });
    }
}
