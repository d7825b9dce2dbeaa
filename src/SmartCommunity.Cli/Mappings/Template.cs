using System.Text;
using SmartCommunity.Cli.Files;

namespace SmartCommunity.Cli.Mappings;

/// <summary>
/// A text with <c>{column}</c> places, filled from a row; <c>{district}</c> is the district in force. <c>{{</c> and <c>}}</c> stand for one brace.
/// </summary>
internal sealed class Template
{
    private readonly List<(string Text, bool IsColumn)> parts = [];

    private Template()
    {
    }

    public IEnumerable<string> Columns => parts.Where(p => p.IsColumn && p.Text != "district").Select(p => p.Text);

    /// <summary>Null when a brace is left open.</summary>
    public static Template? TryParse(string text)
    {
        var template = new Template();
        var plain = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c is '{' or '}' && i + 1 < text.Length && text[i + 1] == c)
            {
                plain.Append(c);
                i++;
            }
            else if (c == '{')
            {
                var end = text.IndexOf('}', i);
                if (end < 0)
                {
                    return null;
                }

                template.Take(plain);
                template.parts.Add((text[(i + 1)..end], true));
                i = end;
            }
            else if (c == '}')
            {
                return null;
            }
            else
            {
                plain.Append(c);
            }
        }

        template.Take(plain);
        return template;
    }

    public string Fill(TableRow row, string district) => parts is [var only] && !only.IsColumn
        ? only.Text
        : string.Concat(parts.Select(p => !p.IsColumn ? p.Text : p.Text == "district" ? district : row[p.Text]));

    private void Take(StringBuilder plain)
    {
        if (plain.Length > 0)
        {
            parts.Add((plain.ToString(), false));
            plain.Clear();
        }
    }
}
