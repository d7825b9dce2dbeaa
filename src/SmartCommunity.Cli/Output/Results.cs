using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Spectre.Console;

namespace SmartCommunity.Cli.Output;

/// <summary>
/// Where a command writes what it found: JSON for programs, plain text for pipes, tables and colours for a terminal. One JSON document a
/// command; a stream is JSON lines. Property names are part of the contract.
/// </summary>
internal sealed class Results(Surroundings around, bool json)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonSerializerOptions OneLine = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonFormatter Formatter = new(JsonFormatter.Settings.Default.WithFormatDefaultValues(true));

    public bool IsJson => json;

    public Surroundings Around => around;

    /// <summary>A contract message as JSON, by the proto3 JSON mapping.</summary>
    public static JsonNode ToJson(IMessage message) => JsonNode.Parse(Formatter.Format(message))!;

    /// <summary>The one document of a command, in JSON mode only.</summary>
    public void Document(JsonNode node)
    {
        if (json)
        {
            around.Out.WriteLine(node.ToJsonString(Indented));
        }
    }

    /// <summary>One element of a stream: a JSON line, or the text.</summary>
    public void Item(Func<JsonNode> node, Func<string> text, string? colour = null)
    {
        if (json)
        {
            around.Out.WriteLine(node().ToJsonString(OneLine));
        }
        else
        {
            Line(text(), colour);
        }

        around.Out.Flush();
    }

    /// <summary>A line for people; nothing in JSON mode.</summary>
    public void Line(string text, string? colour = null)
    {
        if (json)
        {
            return;
        }

        if (around.OutIsTerminal && colour is not null)
        {
            AnsiConsole.MarkupLine($"[{colour}]{Markup.Escape(text)}[/]");
        }
        else
        {
            around.Out.WriteLine(text);
        }
    }

    /// <summary>A table for people; nothing in JSON mode. Plain: columns padded, two spaces between.</summary>
    public void Rows(string[] header, IReadOnlyList<string[]> rows)
    {
        if (json)
        {
            return;
        }

        if (around.OutIsTerminal)
        {
            var table = new Table { Border = TableBorder.Rounded };
            foreach (var column in header)
            {
                table.AddColumn(Markup.Escape(column));
            }

            foreach (var row in rows)
            {
                table.AddRow([.. row.Select(Markup.Escape)]);
            }

            AnsiConsole.Write(table);
            return;
        }

        var widths = header.Select((h, i) => rows.Select(r => r[i].Length).Prepend(h.Length).Max()).ToArray();
        foreach (var row in rows.Prepend(header))
        {
            around.Out.WriteLine(string.Join("  ", row.Select((cell, i) => i == row.Length - 1 ? cell : cell.PadRight(widths[i]))));
        }
    }

    /// <summary>A remark for people that is no result: standard error, also in JSON mode.</summary>
    public void Remark(string text) => around.Error.WriteLine(text);
}
