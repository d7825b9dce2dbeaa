using System.Text.RegularExpressions;
using Xunit;

namespace SmartCommunity.Tidy;

public sealed partial class LayoutTests
{
    private static readonly string[] TopLevel =
    [
        ".ci", ".editorconfig", ".gitattributes", ".gitignore", "Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props",
        "LICENSE", "README.md", "SmartCommunity.sln", "dev", "docs", "global.json", "k8s", "nuget.config", "protos", "src", "tests",
    ];

    [GeneratedRegex(@"(?<![\w.$}*-])/(?:work|root|home|Users|mnt|opt)/[\w.]|\b[A-Z]:\\(?:Users|src|dev)\\")]
    private static partial Regex MachinePath { get; }

    [GeneratedRegex(@"https?://[^\s""')]*(?:nuget\.org|npmjs|pypi|registry\.|/v3/index\.json|artifactory|nexus)", RegexOptions.IgnoreCase)]
    private static partial Regex Registry { get; }

    [Fact]
    public void The_top_level_holds_only_what_belongs_there() => Verdict.None(
        from name in Repository.Files.Select(f => f.Split('/')[0]).Distinct()
        where !TopLevel.Contains(name)
        select $"{name}: the top level is {string.Join(' ', TopLevel)}");

    [Fact]
    public void No_tracked_file_names_a_place_on_one_machine() => Verdict.None(
        from file in Repository.TextFiles
        from line in Repository.ReadLines(file).Select((text, index) => (text, number: index + 1))
        where MachinePath.IsMatch(line.text)
        select $"{file}:{line.number}: {line.text.Trim()}");

    [Fact]
    public void No_tracked_file_names_a_package_registry() => Verdict.None(
        from file in Repository.TextFiles
        from line in Repository.ReadLines(file).Select((text, index) => (text, number: index + 1))
        where Registry.IsMatch(line.text)
        select $"{file}:{line.number}: {line.text.Trim()}");

    [Fact]
    public void Lock_files_stand_beside_their_projects() => Verdict.None(
        from file in Repository.Files
        where file.EndsWith(".csproj", StringComparison.Ordinal)
        let locked = Path.GetDirectoryName(file)!.Replace('\\', '/') + "/packages.lock.json"
        where !Repository.Files.Contains(locked)
        select $"{locked} is missing; dotnet restore --force-evaluate and commit it");

    [Fact]
    public void The_ci_runs_the_very_command_of_the_readme()
    {
        Assert.Contains("README.md", Repository.Read(".ci/run"), StringComparison.Ordinal);
        Assert.Equal("./dev test", Markdown.FirstFence("README.md", "## Test"));
        Assert.Equal("./dev run", Markdown.FirstFence("README.md", "## Run"));
    }
}
