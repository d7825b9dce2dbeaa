using System.Text.RegularExpressions;

namespace SmartCommunity.Simulation.Journeys;

/// <summary>One fenced block of commands of a page, with the output that the page shows for it.</summary>
/// <param name="Line">Where it stands.</param>
/// <param name="Words">
/// What stands after <c>sh</c>: <c>beside</c> for another terminal, <c>endless</c> for one that only has to begin as shown, <c>if:FILE</c> for a step that is left out where the
/// file is not; any other word names a moment that is timed.
/// </param>
/// <param name="Commands">The commands.</param>
/// <param name="Expected">The <c>text</c> block after it, or null. <c>…</c> is anything in a line; alone in a line, any lines.</param>
internal sealed record Step(int Line, string[] Words, string Commands, string? Expected)
{
    private const string If = "if:";

    /// <summary>The command that README gives for starting the product; it is started on ports of its own. A second time: killed, and started again.</summary>
    public bool StartsProduct => Commands.Trim() == "./dev run";

    public bool IsEndless => Words.Contains("endless");

    public bool IsBeside => IsEndless || Words.Contains("beside");

    /// <summary>False when it calls a program that is not installed here.</summary>
    public bool CanRun => Words.Where(w => w.StartsWith(If, StringComparison.Ordinal)).All(w => File.Exists(Path.Combine(Products.Built.Root, w[If.Length..])));

    /// <summary>Names of the moments at which it ends.</summary>
    public IEnumerable<string> Moments => Words.Where(w => w is not ("beside" or "endless") && !w.StartsWith(If, StringComparison.Ordinal)).Select(w => w.Replace('-', ' '));

    public bool Matches(string output) => Expected is null || new Regex($@"\A{Pattern(Expected)}\z").IsMatch(output.TrimEnd() + "\n");

    /// <summary>True once the output shows the first line that is expected: a command beside is at work then.</summary>
    public bool HasBegun(string output) => Expected is null || new Regex($@"\A{Pattern(Expected.Split('\n')[0])}").IsMatch(output);

    private static string Pattern(string expected) => string.Concat(expected.TrimEnd().Split('\n')
        .Select(line => line.Trim() == "…" ? "(?:.*\n)*?" : Regex.Escape(line).Replace("…", ".*?", StringComparison.Ordinal) + "\n"));
}

/// <summary>The page of a journey as a list of steps.</summary>
internal sealed record JourneyPage(string Name, IReadOnlyList<Step> Steps)
{
    public static string Folder => Path.Combine(Products.Built.Root, "docs", "journeys");

    /// <summary>Names of all journeys; each has a page in English and one in Chinese.</summary>
    public static IEnumerable<string> Names => Directory.GetFiles(Folder, "*.md")
        .Select(f => Path.GetFileName(f)[..^3])
        .Where(f => !f.EndsWith(".zh", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal);

    public static JourneyPage Read(string name) => Read(name, Path.Combine(Folder, name + ".md"), _ => true);

    /// <summary>README's way from its start to the end of its tour.</summary>
    public static JourneyPage ReadTour() => Read("README", Path.Combine(Products.Built.Root, "README.md"), section => section is "## Run" or "## A tour");

    private static JourneyPage Read(string name, string file, Func<string, bool> takes)
    {
        var steps = new List<Step>();
        foreach (var (line, language, text) in Fences(File.ReadAllLines(file), takes))
        {
            var words = language.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words is ["sh", .. var rest])
            {
                steps.Add(new(line, rest, text, null));
            }
            else if (words is ["text"] && steps.Count > 0)
            {
                steps[^1] = steps[^1] with { Expected = text };
            }
        }

        return new(name, steps);
    }

    private static IEnumerable<(int Line, string Language, string Text)> Fences(string[] lines, Func<string, bool> takes)
    {
        var section = string.Empty;
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i].StartsWith("## ", StringComparison.Ordinal))
            {
                section = lines[i];
            }
            else if (lines[i].StartsWith("```", StringComparison.Ordinal))
            {
                var end = Array.FindIndex(lines, i + 1, l => l.StartsWith("```", StringComparison.Ordinal));
                if (takes(section))
                {
                    yield return (i + 1, lines[i][3..].Trim(), string.Join('\n', lines[(i + 1)..end]));
                }

                i = end;
            }
        }
    }
}
