using System.Text.Json;
using System.Text.Json.Serialization;
using SmartCommunity.Cli.Files;

namespace SmartCommunity.Cli.Mappings;

/// <summary>
/// How the rows of a CSV file become messages of devices. A JSON file of this shape, or the name of a built-in one. Texts may hold
/// <c>{column}</c> places (see <see cref="Template"/>). Exactly one of <see cref="Readings"/> and <see cref="Reports"/> is set.
/// </summary>
internal sealed record MappingFile
{
    /// <summary>A mapping file larger than this is none.</summary>
    public const int FileBytesMax = 256 * 1024;

    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
    };

    /// <summary>Shown in messages.</summary>
    public required string Name { get; init; }

    /// <summary>Id of the message in its device: the same row gives the same id, so a second replay changes nothing.</summary>
    public required string MessageId { get; init; }

    public required DeviceMapping Device { get; init; }

    public required ProfileMapping Profile { get; init; }

    public required TimeMapping Time { get; init; }

    public ReadingsMapping? Readings { get; init; }

    public ReportsMapping? Reports { get; init; }

    /// <summary>Names of the built-in mappings.</summary>
    public static IReadOnlyList<string> BuiltIn { get; } = ["nyc311", "suthaharan"];

    /// <summary>Opens a built-in mapping by name, else the file of that path.</summary>
    public static MappingFile Open(string nameOrPath, string folder)
    {
        using var stream = BuiltIn.Contains(nameOrPath, StringComparer.Ordinal)
            ? typeof(MappingFile).Assembly.GetManifestResourceStream($"mappings/{nameOrPath}.json")!
            : OpenFile(Path.Combine(folder, nameOrPath));
        return Parse(stream, nameOrPath);
    }

    public static MappingFile Parse(Stream stream, string name)
    {
        MappingFile? mapping;
        try
        {
            mapping = JsonSerializer.Deserialize<MappingFile>(stream, Options);
        }
        catch (JsonException bad)
        {
            throw CliFailure.Usage(
                $"The mapping {name} is wrong at {bad.Path ?? "$"} (line {(bad.LineNumber ?? 0) + 1}).",
                "Its shape is described in docs/sc.md under \"Mapping files\".");
        }

        if (mapping is null || mapping.Readings is null == mapping.Reports is null)
        {
            throw CliFailure.Usage($"The mapping {name} must have either \"readings\" or \"reports\".", "Its shape is described in docs/sc.md under \"Mapping files\".");
        }

        return mapping;
    }

    private static FileStream OpenFile(string path)
    {
        var file = new FileInfo(path);
        if (!file.Exists)
        {
            throw CliFailure.Usage($"There is no mapping file {path}.", $"Give a path, or one of the built-in names: {string.Join(", ", BuiltIn)}.");
        }

        return file.Length > FileBytesMax
            ? throw new BadFileException(new(0, "", $"The mapping file has {file.Length} bytes; at most {FileBytesMax} are read.", "Is it the data file? --mapping wants the small JSON file."))
            : file.OpenRead();
    }
}

/// <summary>Which device sends a row, and what to create when it is missing.</summary>
/// <param name="Id">Device id; may hold places.</param>
/// <param name="Name">Display name; may hold places.</param>
/// <param name="Mount"><c>buildings/ID</c> or <c>cells/CODE</c>; may hold places.</param>
internal sealed record DeviceMapping(string Id, string Name, string Mount);

/// <summary>The profile of those devices, created when it is missing.</summary>
internal sealed record ProfileMapping(string Id, string Name, int OfflineAfterSeconds, IReadOnlyList<MetricMapping> Metrics);

/// <summary>A metric of the profile. Unit is a UCUM code.</summary>
internal sealed record MetricMapping(string Name, string Unit, double Min, double Max);

/// <summary>
/// The event time. Either <see cref="Start"/> with <see cref="StepSeconds"/> (time = start + column × step), or <see cref="Format"/> (a .NET format) read
/// in <see cref="TimeZone"/> (IANA name; UTC when absent).
/// </summary>
internal sealed record TimeMapping(string Column, DateTimeOffset? Start = null, double? StepSeconds = null, string? Format = null, string? TimeZone = null);

/// <summary>Metric name → column. An empty field leaves the metric out of the message.</summary>
internal sealed record ReadingsMapping(IReadOnlyDictionary<string, string> Values);

/// <summary>A person's report.</summary>
/// <param name="ClassColumn">Column whose text is looked up in <paramref name="Classes"/>; an unknown text gets <paramref name="ClassElse"/>.</param>
/// <param name="Place">Free text of the place; may hold places.</param>
/// <param name="ClosedAt">When the source says it was closed; empty field: still open.</param>
internal sealed record ReportsMapping(
    string ClassColumn,
    IReadOnlyDictionary<string, string> Classes,
    string ClassElse,
    string Text,
    string Channel,
    string? Place = null,
    string? LonColumn = null,
    string? LatColumn = null,
    TimeMapping? ClosedAt = null);
