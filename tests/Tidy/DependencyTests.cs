using System.Xml.Linq;
using Xunit;

namespace SmartCommunity.Tidy;

/// <summary>docs/architecture.md "Rooms": who may reference whom.</summary>
public sealed class DependencyTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Domain"] = [],
        ["Storage"] = [],
        ["Protocol"] = [],
        ["Grains"] = ["Domain", "Storage"],
        ["Mqtt"] = ["Grains"],
        ["Grpc"] = ["Grains", "Protocol"],
        ["Client"] = ["Protocol"],
        ["Webhooks"] = ["Grains"],
        ["Cli"] = ["Client", "Protocol"],
        ["Host"] = ["Grpc", "Mqtt", "Webhooks"],
    };

    // The serialisers and their generator (which stays out of the product), and geometry.
    private static readonly string[] DomainPackages =
        ["Microsoft.Orleans.Serialization", "Microsoft.Orleans.CodeGenerator", "NetTopologySuite"];

    private static string[] ProductProjects => Repository.Files
        .Where(f => f.StartsWith("src/", StringComparison.Ordinal) && f.EndsWith(".csproj", StringComparison.Ordinal))
        .ToArray();

    [Fact]
    public void Projects_reference_only_what_their_room_allows() => Verdict.None(
        from file in ProductProjects
        let room = Room(file)
        from target in References(file, "ProjectReference").Select(Room)
        where !Allowed.TryGetValue(room, out var allowed) || !allowed.Contains(target)
        select $"{file} references {target}; allowed: {string.Join(", ", Allowed.GetValueOrDefault(room) ?? ["(unknown room: add it to docs/architecture.md and here)"])}");

    [Fact]
    public void The_domain_cannot_name_a_grain() => Verdict.None(
        from package in References("src/SmartCommunity.Domain/SmartCommunity.Domain.csproj", "PackageReference")
        where !DomainPackages.Contains(package)
        select $"Domain references {package}; it is pure and may reference {string.Join(", ", DomainPackages)} only");

    [Fact]
    public void The_storage_knows_no_orleans() => Verdict.None(
        from package in References("src/SmartCommunity.Storage/SmartCommunity.Storage.csproj", "PackageReference")
        where package.Contains("Orleans", StringComparison.Ordinal)
        select $"Storage references {package}; snapshots belong to Grains");

    [Fact]
    public void Versions_stand_in_one_file() => Verdict.None(
        from file in Repository.Files
        where file.EndsWith(".csproj", StringComparison.Ordinal)
        from reference in XDocument.Load(Path.Combine(Repository.Root, file)).Descendants("PackageReference")
        where reference.Attribute("Version") is not null || reference.Attribute("VersionOverride") is not null
        select $"{file}: {reference.Attribute("Include")?.Value} names a version; it belongs to Directory.Packages.props");

    [Fact]
    public void Every_project_is_in_the_solution() => Verdict.None(
        from file in Repository.Files
        where file.EndsWith(".csproj", StringComparison.Ordinal)
        where !Repository.Read("SmartCommunity.sln").Contains(file.Replace('/', '\\'), StringComparison.Ordinal)
        select $"{file} is not in SmartCommunity.sln; dotnet sln add {file}");

    private static string Room(string path) => Path.GetFileNameWithoutExtension(path.Replace('\\', '/')).Replace("SmartCommunity.", string.Empty, StringComparison.Ordinal);

    private static IEnumerable<string> References(string file, string kind) =>
        XDocument.Load(Path.Combine(Repository.Root, file)).Descendants(kind).Select(e => e.Attribute("Include")!.Value);
}
