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

    public static RowError Of(RowRefusal refusal) => new(refusal.Row, refusal.Field, refusal.Rule, refusal.WayOut);
}
