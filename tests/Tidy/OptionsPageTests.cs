using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Xunit;

namespace SmartCommunity.Tidy;

/// <summary>docs/options.md is made of the option types: names, defaults, ranges and docstrings. Set SC_WRITE_DOCS=1 to write it anew.</summary>
public sealed partial class OptionsPageTests
{
    private const string Page = "docs/options.md";

    /// <summary>Set by another section, or by tests alone.</summary>
    private static readonly string[] Hidden = ["SqliteStoreOptions.Synchronous", "MqttEdgeOptions.Address", "MqttEdgeOptions.Port"];

    /// <summary>Types whose section is not told by a constant or by their name.</summary>
    private static readonly Dictionary<string, string> Sections = new() { ["SqliteStoreOptions"] = "Store", ["GrpcEdgeOptions"] = "Grpc", ["PortSettings"] = "Ports" };

    /// <summary>Required properties whose default the host sets.</summary>
    private static readonly Dictionary<string, string> HostDefaults = new() { ["Store:Folder"] = "data" };

    private static readonly Assembly[] Rooms = Directory.GetFiles(AppContext.BaseDirectory, "SmartCommunity.*.dll")
        .Where(f => !f.EndsWith("Tidy.dll", StringComparison.Ordinal))
        .Select(Assembly.LoadFrom)
        .ToArray();

    [GeneratedRegex("(Options|Settings)$")]
    private static partial Regex OptionsName { get; }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space { get; }

    [Fact]
    public void The_page_of_options_is_current()
    {
        var page = Path.Combine(Repository.Root, Page);
        if (Environment.GetEnvironmentVariable("SC_WRITE_DOCS") == "1")
        {
            File.WriteAllText(page, Render());
        }

        Assert.Equal(Render(), File.ReadAllText(page), ignoreLineEndingDifferences: true);
    }

    [Fact]
    public void Every_option_says_what_it_means_and_every_number_its_range() => Verdict.None(
        from option in Options()
        where option.Meaning.Length == 0 || (option.Property.PropertyType != typeof(bool) && option.Property.PropertyType != typeof(string) && option.Range.Length == 0)
        select $"{option.Key}: give it a docstring and a [Range]");

    private static string Render()
    {
        var text = new StringBuilder("""
            # Options

            Every option of the process by section; how to set them stands in [operations.md](operations.md#options), what is in effect says `sc config show`. Numbers are
            whole numbers, their unit is the end of the name. A value outside its range stops the start, and the refusal tells the range. Made from the option types; a test
            keeps it current.

            """);
        foreach (var section in Options().GroupBy(o => o.Section).OrderBy(s => s.Key, StringComparer.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture, $"\n## {section.Key}\n\n| Option | Default | Range | Meaning |\n|---|---|---|---|\n");
            foreach (var option in section)
            {
                text.Append(CultureInfo.InvariantCulture, $"| `{option.Key}` | {option.Default} | {option.Range} | {option.Meaning} |\n");
            }
        }

        return text.ToString();
    }

    private static IEnumerable<Option> Options() =>
        from type in Rooms.SelectMany(r => r.GetTypes())
        where type.IsSealed && type.Name != "HostSettings" && type.Namespace != "SmartCommunity.Client" && OptionsName.IsMatch(type.Name) && type.GetConstructor(Type.EmptyTypes) is not null
        let docs = Docs(type.Assembly)
        let defaults = Activator.CreateInstance(type)
        from property in type.GetProperties(BindingFlags.Instance | BindingFlags.Public)
        where property.CanWrite && !Hidden.Contains($"{type.Name}.{property.Name}")
        let section = type.GetField("Section")?.GetRawConstantValue() as string ?? Sections.GetValueOrDefault(type.Name) ?? OptionsName.Replace(type.Name, string.Empty)
        let key = $"{section}:{property.Name}"
        select new Option(section, key, property, HostDefaults.GetValueOrDefault(key) ?? Shown(property.GetValue(defaults)), Range(property), docs.GetValueOrDefault($"P:{type.FullName}.{property.Name}", string.Empty));

    private static Dictionary<string, string> Docs(Assembly assembly)
    {
        var file = Path.ChangeExtension(assembly.Location, ".xml");
        return !File.Exists(file)
            ? []
            : XDocument.Load(file).Descendants("member").ToDictionary(m => m.Attribute("name")!.Value, m => m.Element("summary") is { } summary ? Markdown(summary) : string.Empty);
    }

    private static string Markdown(XElement summary) => Space.Replace(
        string.Concat(summary.Nodes().Select(node => node switch
        {
            XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
            XElement see => $"`{see.Attribute("cref")?.Value.Split('.')[^1] ?? see.Value}`",
            _ => node.ToString(),
        })),
        " ").Replace("|", "\\|", StringComparison.Ordinal).Trim();

    private static string Range(PropertyInfo property) => property.GetCustomAttribute<RangeAttribute>() is { } range
        ? string.Create(CultureInfo.InvariantCulture, $"{Number(range.Minimum)} to {Number(range.Maximum)}")
        : string.Empty;

    private static string Number(object value) => Convert.ToDouble(value, CultureInfo.InvariantCulture).ToString("0.###", CultureInfo.InvariantCulture);

    private static string Shown(object? value) => value switch
    {
        null => string.Empty,
        bool flag => flag ? "true" : "false",
        "" => "(empty)",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private sealed record Option(string Section, string Key, PropertyInfo Property, string Default, string Range, string Meaning);
}
