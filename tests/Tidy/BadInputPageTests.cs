using System.Text.RegularExpressions;
using Xunit;

namespace SmartCommunity.Tidy;

/// <summary>docs/bad-input.md names tests that are there: behind each link to a file stand tests of that file.</summary>
public sealed partial class BadInputPageTests
{
    private const string Page = "docs/bad-input.md";

    [GeneratedRegex(@"\[[^\]]+\]\(\.\./(?<file>tests/[^)]+)\): `(?<test>\w+)`(?:, `(?<test>\w+)`)*")]
    private static partial Regex Naming { get; }

    [Fact]
    public void Every_test_it_names_is_in_its_file() => Verdict.None(Missing(Repository.Read(Page)));

    [Fact]
    public void Every_row_names_a_test() => Verdict.None(
        from line in Repository.ReadLines(Page)
        where Regex.IsMatch(line, @"^\| \d") && !Naming.IsMatch(line)
        select line);

    [Fact]
    public void A_test_that_is_not_there_is_seen() =>
        Assert.Single(Missing("[BadInputPageTests](../tests/Tidy/BadInputPageTests.cs): `Every_row_names_a_test`, `Every_row_names_a_fact`"));

    private static IEnumerable<string> Missing(string text) =>
        from naming in Naming.Matches(text)
        let file = naming.Groups["file"].Value
        from test in naming.Groups["test"].Captures.Select(c => c.Value)
        where !Repository.Files.Contains(file) || !Repository.Read(file).Contains($" {test}(", StringComparison.Ordinal)
        select $"{Page}: {file} has no {test}";
}
