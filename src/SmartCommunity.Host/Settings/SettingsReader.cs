using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;

namespace SmartCommunity.Host.Settings;

/// <summary>A wrong option or a taken resource: ends the start with one sentence and the way out, without a stack trace.</summary>
public sealed class StartRefusedException(string sentence, string wayOut) : Exception($"{sentence} Way out: {wayOut}");

/// <summary>One option as it is in effect.</summary>
/// <param name="Source"><c>default</c>, <c>file</c>, <c>environment</c> or <c>argument</c>.</param>
/// <param name="IsSecret">Not to be shown to everybody.</param>
internal sealed record OptionValue(string Key, string Value, string Default, string Source, bool IsSecret);

/// <summary>
/// Reads the options of all rooms into their sealed records: <c>appsettings.json</c>, then environment variables (<c>SC_Ports__Http</c>), then the
/// command line (<c>--Ports:Http=8080</c>); the later one wins. An unknown key is refused as well: it is a slip of the pen.
/// </summary>
/// <param name="onProblem">Told of each wrong option; a start throws at the first, a check collects them.</param>
internal sealed class SettingsReader(IConfigurationRoot configuration, Action<StartRefusedException> onProblem)
{
    public const string EnvironmentPrefix = "SC_";

    /// <summary>Read by ASP.NET itself.</summary>
    private const string Foreign = "Logging";

    private static readonly string[] SecretWords = ["Key", "Secret", "Password", "Token"];

    private readonly Dictionary<string, string[]> known = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<OptionValue> options = [];

    public IConfiguration Configuration => configuration;

    /// <summary>Everything that was read so far.</summary>
    public IReadOnlyList<OptionValue> Options => options;

    /// <summary>The record of a section: the defaults, with what the configuration says set and checked.</summary>
    /// <param name="hidden">Properties that are no option here because another section sets them.</param>
    public T Read<T>(string section, T defaults, params string[] hidden)
        where T : class
    {
        var properties = typeof(T).GetProperties().Where(p => p.CanWrite && p.GetMethod!.IsPublic && !p.GetMethod.IsStatic && !hidden.Contains(p.Name)).ToArray();
        known[section] = properties.Select(p => p.Name).ToArray();
        foreach (var property in properties)
        {
            var key = $"{section}:{property.Name}";
            var before = Text(property.GetValue(defaults));
            if (configuration[key] is { } text)
            {
                Set(defaults, property, key, text);
            }

            options.Add(new(key, Text(property.GetValue(defaults)), before, SourceOf(key), SecretWords.Any(w => property.Name.Contains(w, StringComparison.Ordinal))));
        }

        return defaults;
    }

    /// <summary>
    /// Called when every section was read: each <c>--name</c> of the command line, each variable with a section and each line of the file must have been one of them.
    /// </summary>
    public void RefuseUnknown(string[] args)
    {
        for (var i = 0; i < args.Length; i++)
        {
            var name = args[i].TrimStart('-');
            var equals = name.IndexOf('=', StringComparison.Ordinal);
            var key = equals < 0 ? name : name[..equals];
            if (!args[i].StartsWith("--", StringComparison.Ordinal) || !IsKnown(key))
            {
                onProblem(Unknown(key));
            }

            i += equals < 0 ? 1 : 0;
        }

        foreach (var (key, value) in configuration.AsEnumerable())
        {
            if (value is not null && key.Contains(':', StringComparison.Ordinal) && SourceOf(key) != "argument" && !IsKnown(key))
            {
                onProblem(Unknown(key));
            }
        }
    }

    public static StartRefusedException Wrong(string key, string fault, string allowed) => new(
        $"The option {key} {fault}.",
        $"{allowed} ({EnvironmentPrefix}{key.Replace(":", "__", StringComparison.Ordinal)} in the environment, --{key} on the command line).");

    private void Set(object target, PropertyInfo property, string key, string text)
    {
        object? value;
        try
        {
            value = TypeDescriptor.GetConverter(property.PropertyType).ConvertFromString(null, CultureInfo.InvariantCulture, text);
        }
        catch (Exception failure) when (failure is ArgumentException or FormatException or NotSupportedException)
        {
            onProblem(Wrong(key, $"is '{Shown(key, text)}'", $"give {Kind(property.PropertyType)}"));
            return;
        }

        foreach (var rule in property.GetCustomAttributes<ValidationAttribute>())
        {
            if (!rule.IsValid(value))
            {
                onProblem(Wrong(key, $"is '{Shown(key, text)}'", Allowed(rule)));
                return;
            }
        }

        property.SetValue(target, value);
    }

    /// <summary>Secrets are not repeated in a refusal.</summary>
    private static string Shown(string key, string text) => key.Contains("Key", StringComparison.OrdinalIgnoreCase) ? $"…{text.Length} characters" : text;

    private static string Kind(Type type) => type == typeof(bool) ? "true or false"
        : type.IsEnum ? "one of " + string.Join(", ", Enum.GetNames(type))
        : type == typeof(string) ? "a text"
        : "a whole number";

    private static string Allowed(ValidationAttribute rule) => rule switch
    {
        RangeAttribute range => string.Create(CultureInfo.InvariantCulture, $"give {range.Minimum} to {range.Maximum}"),
        RegularExpressionAttribute form => $"give a text of the form {form.Pattern}",
        _ => "see docs/operations.md",
    };

    private bool IsKnown(string key)
    {
        var parts = key.Split(':', 2);
        return parts.Length == 2
            && (parts[0].Equals(Foreign, StringComparison.OrdinalIgnoreCase)
                || (known.TryGetValue(parts[0], out var names) && names.Contains(parts[1], StringComparer.OrdinalIgnoreCase)));
    }

    private StartRefusedException Unknown(string key)
    {
        var all = known.SelectMany(section => section.Value.Select(name => $"{section.Key}:{name}"));
        return new(
            $"There is no option '{key}'.",
            Spelling.Nearest(key, all) is { } meant
                ? $"did you mean {meant}? docs/options.md lists them all."
                : $"docs/options.md lists the options; their sections are {string.Join(", ", known.Keys)}.");
    }

    private string SourceOf(string key) => configuration.Providers.LastOrDefault(p => p.TryGet(key, out _)) switch
    {
        null => "default",
        Microsoft.Extensions.Configuration.CommandLine.CommandLineConfigurationProvider => "argument",
        Microsoft.Extensions.Configuration.EnvironmentVariables.EnvironmentVariablesConfigurationProvider => "environment",
        _ => "file",
    };

    private static string Text(object? value) => value is bool flag ? (flag ? "true" : "false") : Convert.ToString(value, CultureInfo.InvariantCulture) ?? string.Empty;
}
