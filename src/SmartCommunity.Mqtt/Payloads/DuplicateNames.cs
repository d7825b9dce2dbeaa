using System.Text.Json;

namespace SmartCommunity.Mqtt.Payloads;

/// <summary>Finds a property that an object has twice: readers would disagree on which one counts.</summary>
internal static class DuplicateNames
{
    /// <summary>The path of the first repeated property, or null. The text must already be known to be JSON.</summary>
    public static string? FirstIn(ReadOnlySpan<byte> json, JsonReaderOptions options)
    {
        var reader = new Utf8JsonReader(json, options);
        var open = new Stack<(HashSet<string>? Names, string Path)>();
        var path = string.Empty;
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject:
                    open.Push(([], path));
                    break;
                case JsonTokenType.StartArray:
                    open.Push((null, path));
                    break;
                case JsonTokenType.EndObject or JsonTokenType.EndArray:
                    path = open.Pop().Path;
                    break;
                case JsonTokenType.PropertyName:
                    var name = reader.GetString()!;
                    var (names, parent) = open.Peek();
                    path = parent.Length == 0 ? Faults.Cut(name) : parent + "." + Faults.Cut(name);
                    if (!names!.Add(name))
                    {
                        return path;
                    }

                    break;
            }
        }

        return null;
    }
}
