using System.Text;
using System.Text.Json.Nodes;
using SmartCommunity.V1;

namespace SmartCommunity.Cli.Files;

/// <summary>Row errors as text and as JSON, whether found here or told by the server.</summary>
internal static class RowErrors
{
    public static string ToText(RowError error, string unit = "row") =>
        $"{(error.Row > 0 ? $"{unit} {error.Row}" : "file")}{(error.Column.Length > 0 ? $", {error.Column}" : "")}: {error.Rule} {error.WayOut}".TrimEnd();

    public static JsonObject ToJson(RowError error) => new()
    {
        ["row"] = error.Row,
        ["column"] = error.Column,
        ["rule"] = error.Rule,
        ["wayOut"] = error.WayOut,
    };

    /// <summary>Writes <c>row,column,rule,way_out</c> as CSV, UTF-8 with a byte order mark: a spreadsheet then shows Chinese as it is.</summary>
    public static void WriteTable(string path, IEnumerable<RowError> errors)
    {
        using var file = new StreamWriter(path, append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        file.WriteLine("row,column,rule,way_out");
        foreach (var error in errors)
        {
            file.WriteLine($"{(error.Row > 0 ? error.Row : "")},{Quoted(error.Column)},{Quoted(error.Rule)},{Quoted(error.WayOut)}");
        }
    }

    public static RowError Of(RowRefusal refusal) => new(refusal.Row, refusal.Field, refusal.Rule, refusal.WayOut);

    /// <summary>A field of a CSV file, in quotes.</summary>
    public static string Quoted(string text) => '"' + text.Replace("\"", "\"\"", StringComparison.Ordinal) + '"';
}
