using System.Text;
using System.Text.RegularExpressions;

namespace SmartCommunity.Tidy;

/// <summary>The little of Markdown that the rules need: fences, links, headings.</summary>
internal static partial class Markdown
{
    [GeneratedRegex(@"(?<!!)\[[^\]\n]*\]\(([^)\s]+)\)")]
    private static partial Regex LinkForm { get; }

    [GeneratedRegex(@"[^\p{L}\p{N} _-]")]
    private static partial Regex NotInAnchor { get; }

    public static string[] Pages => Repository.Files.Where(f => f.EndsWith(".md", StringComparison.Ordinal)).ToArray();

    public static IEnumerable<Fence> Fences(string page)
    {
        StringBuilder? body = null;
        var (language, start, number) = (string.Empty, 0, 0);
        foreach (var line in Repository.ReadLines(page))
        {
            number++;
            if (!line.TrimStart().StartsWith("```", StringComparison.Ordinal))
            {
                body?.AppendLine(line);
            }
            else if (body is null)
            {
                (language, start, body) = (line.Trim()[3..].Trim(), number, new StringBuilder());
            }
            else
            {
                yield return new Fence(page, start, language, body.ToString());
                body = null;
            }
        }
    }

    public static string? FirstFence(string page, string heading)
    {
        var lines = Repository.ReadLines(page);
        var from = Array.IndexOf(lines, heading) + 1;
        var to = Array.FindIndex(lines, from, l => l.StartsWith("## ", StringComparison.Ordinal));
        return Fences(page).FirstOrDefault(f => f.Line > from && (to < 0 || f.Line <= to))?.Text.Trim();
    }

    public static IEnumerable<string> Links(string page) => LinkForm.Matches(Prose(page)).Select(m => m.Groups[1].Value);

    public static IEnumerable<string> Anchors(string page) =>
        from line in Prose(page).Split('\n')
        where line.StartsWith('#')
        let title = line.TrimStart('#').Trim().ToLowerInvariant()
        select NotInAnchor.Replace(title, string.Empty).Replace(' ', '-');

    private static string Prose(string page)
    {
        var text = new StringBuilder();
        var inside = false;
        foreach (var line in Repository.ReadLines(page))
        {
            if (line.TrimStart().StartsWith("```", StringComparison.Ordinal))
            {
                inside = !inside;
            }
            else if (!inside)
            {
                text.Append(line).Append('\n');
            }
        }

        return text.ToString();
    }
}

internal sealed record Fence(string Page, int Line, string Language, string Text);
