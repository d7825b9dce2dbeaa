using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;

namespace SmartCommunity.Host.Settings;

/// <summary>A wrong option or a taken resource: ends the start with one sentence and the way out, without a stack trace.</summary>
public sealed class StartRefusedException(string sentence, string wayOut) : Exception($"{sentence} Way out: {wayOut}");

/// <summary>
/// Reads the options of all rooms into their sealed records: <c>appsettings.json</c>, then environment variables (<c>SC_Ports__Http</c>), then the
/// command line (<c>--Ports:Http=8080</c>); the later one wins. An unknown key of a known section is refused as well: it is a slip of the pen.
/// </summary>
internal sealed class SettingsReader(IConfiguration configuration)
{
    public const string EnvironmentPrefix = "SC_";

    /// <summary>Read by ASP.NET itself.</summary>
    private const string Foreign = "Logging";

    private readonly Dictionary<string, string[]> known = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The record of a section: the defaults, with what the configuration says set and checked.</summary>
    /// <param name="hidden">Properties that are no option here because another section sets them.</param>
    public T Read<T>(string section, T defaults, params string[] hidden)
        where T : class
    {
        var properties = typeof(T).GetProperties().Where(p => p.CanWrite && p.GetMethod!.IsPublic && !p.GetMethod.IsStatic && !hidden.Contains(p.Name)).ToArray();
        known[section] = properties.Select(p => p.Name).ToArray();
        foreach (var child in configuration.GetSection(section).GetChildren())
        {
            var property = properties.FirstOrDefault(p => p.Name.Equals(child.Key, StringComparison.OrdinalIgnoreCase)) ?? throw Unknown(child.Path);
            Set(defaults, property, $"{section}:{property.Name}", child.Value ?? string.Empty);
        }

        return defaults;
    }

    /// <summary>Called when every section was read: each <c>--name</c> of the command line must have been one of them.</summary>
    public void RefuseUnknown(string[] args)
    {
        for (var i = 0; i < args.Length; i++)
        {
            var name = args[i].TrimStart('-');
            var equals = name.IndexOf('=', StringComparison.Ordinal);
            var key = equals < 0 ? name : name[..equals];
            if (!args[i].StartsWith("--", StringComparison.Ordinal) || !IsKnown(key))
            {
                throw Unknown(key);
            }

            i += equals < 0 ? 1 : 0;
        }
    }

    public static StartRefusedException Wrong(string key, string fault, string allowed) => new(
        $"The option {key} {fault}.",
        $"{allowed} ({EnvironmentPrefix}{key.Replace(":", "__", StringComparison.Ordinal)} in the environment, --{key} on the command line).");

    private static void Set(object target, PropertyInfo property, string key, string text)
    {
        object? value;
        try
        {
            value = TypeDescriptor.GetConverter(property.PropertyType).ConvertFromString(null, CultureInfo.InvariantCulture, text);
        }
        catch (Exception failure) when (failure is ArgumentException or FormatException or NotSupportedException)
        {
            throw Wrong(key, $"is '{Shown(key, text)}'", $"give {Kind(property.PropertyType)}");
        }

        foreach (var rule in property.GetCustomAttributes<ValidationAttribute>())
        {
            if (!rule.IsValid(value))
            {
                throw Wrong(key, $"is '{Shown(key, text)}'", Allowed(rule));
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

    private StartRefusedException Unknown(string key) => new(
        $"There is no option '{key}'.",
        $"docs/operations.md lists the options; their sections are {string.Join(", ", known.Keys)}.");
}
