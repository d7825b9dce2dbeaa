using System.Globalization;
using System.Text.RegularExpressions;
using Xunit;

namespace SmartCommunity.Tidy;

/// <summary>docs/limits.md names what is there, with the value it has.</summary>
public sealed partial class LimitsTests
{
    private const string Page = "docs/limits.md";

    private static readonly Lazy<string> Product = new(() =>
        string.Join('\n', Repository.Sources.Where(s => s.IsProduct).Select(s => Repository.Read(s.File))));

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Code { get; }

    [GeneratedRegex(@"^([\d,]+)(?: (?:characters|links|entries|events))?$")]
    private static partial Regex PlainNumber { get; }

    // Seen to fail for a row whose constant had been renamed.
    [Fact]
    public void Every_limit_names_a_constant_or_option_that_is_there() => Verdict.None(
        from row in Rows()
        from name in row.Names.DefaultIfEmpty("nothing")
        where !Exists(name)
        select $"{Page}:{row.Line}: {name} is neither a constant nor an option");

    [Fact]
    public void Every_limit_has_the_value_that_is_written() => Verdict.None(
        from row in Rows()
        let written = PlainNumber.Match(row.Value)
        where written.Success && row.Names.Length == 1 && !row.Names[0].StartsWith('-')
        let name = row.Names[0].Split('.', ':')[^1]
        let set = Regex.Matches(Product.Value, $@"\b{name}(?: \{{ get; (?:init|set); \}})? = ([\d_]+);").Select(m => Number(m.Groups[1].Value)).ToArray()
        where set.Length > 0 && !set.Contains(Number(written.Groups[1].Value))
        select $"{Page}:{row.Line}: {row.Names[0]} is {set[0]}, not {row.Value}");

    private static bool Exists(string name)
    {
        if (name.StartsWith("--", StringComparison.Ordinal))
        {
            return Product.Value.Contains($"\"{name}\"", StringComparison.Ordinal);
        }

        var parts = name.Split('.', ':');
        var owner = parts.Length == 2 && name.Contains('.', StringComparison.Ordinal) ? $@"\b{parts[0]}\b" : string.Empty;
        return Repository.Sources.Where(s => s.IsProduct).Select(s => Repository.Read(s.File)).Any(text =>
            Regex.IsMatch(text, $@"\b{parts[^1]}\b(?: \{{ get;|\s*=|\()") && Regex.IsMatch(text, owner));
    }

    private static IEnumerable<Limit> Rows() => Repository.ReadLines(Page)
        .Select((text, at) => (Cells: text.Split('|', StringSplitOptions.TrimEntries), Line: at + 1))
        .Where(row => row.Cells.Length == 6 && row.Cells[1] is not "Limit" && !row.Cells[1].StartsWith("---", StringComparison.Ordinal))
        .Select(row => new Limit(row.Line, row.Cells[2], Code.Matches(row.Cells[3]).Select(m => m.Groups[1].Value).ToArray()));

    private static long Number(string digits) =>
        long.Parse(digits.Replace(",", string.Empty, StringComparison.Ordinal).Replace("_", string.Empty, StringComparison.Ordinal), CultureInfo.InvariantCulture);

    private sealed record Limit(int Line, string Value, string[] Names);
}
