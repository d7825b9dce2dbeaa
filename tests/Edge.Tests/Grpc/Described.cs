using System.Text.Json;
using System.Text.Json.Nodes;
using Xunit;

namespace SmartCommunity.Edge.Tests.Grpc;

/// <summary>An OpenAPI document as a caller reads it: operations, examples made from schemas, and whether an answer fits one.</summary>
internal sealed class Described(JsonNode root)
{
    private const int DepthMax = 6;

    public JsonNode Root { get; } = root;

    public IReadOnlyList<Operation> Operations { get; } =
    [
        .. from path in root["paths"]!.AsObject()
           from verb in path.Value!.AsObject()
           select new Operation(path.Key, verb.Key, verb.Value!),
    ];

    public IEnumerable<string> References => Nodes(Root).OfType<JsonObject>().Select(node => node["$ref"]).OfType<JsonValue>().Select(value => value.GetValue<string>());

    public static async Task<Described> ReadAsync(HttpClient http)
    {
        var text = await http.GetStringAsync(new Uri("/openapi.json", UriKind.Relative), TestContext.Current.CancellationToken);
        return new(JsonNode.Parse(text)!);
    }

    public JsonNode? Find(string reference) => reference[2..].Split('/').Aggregate((JsonNode?)Root, (node, part) => node?[part]);

    /// <summary>A value of the schema; what is read only is left out.</summary>
    public JsonNode? Example(JsonNode schema, string name, int depth = 0)
    {
        var resolved = Resolve(schema);
        if (resolved["enum"]?.AsArray() is { } values)
        {
            return values[^1]!.DeepClone();
        }

        if (resolved["examples"]?.AsArray() is { } examples)
        {
            return examples[0]!.DeepClone();
        }

        return (resolved["type"]?.GetValue<string>(), resolved["format"]?.GetValue<string>()) switch
        {
            ("object", _) => Object(resolved, depth),
            ("array", _) => depth > DepthMax ? new JsonArray() : new JsonArray(Example(resolved["items"]!, name, depth + 1)),
            ("boolean", _) => true,
            ("integer" or "number", _) => 1,
            ("string", "date-time") => "2026-11-23T08:00:00Z",
            ("string", "int64" or "uint64") => "1",
            ("string", _) when resolved["contentEncoding"] is not null => "YQ==",
            ("string", _) when name == "pageToken" => string.Empty,
            ("string", _) when name == "requestId" => EdgeHost.Next("r"),
            ("string", _) => "x1",
            _ => null,
        };
    }

    /// <summary>What in an answer is not as the schema says.</summary>
    public IEnumerable<string> Misfits(JsonNode schema, JsonNode? value, string path)
    {
        var resolved = Resolve(schema);
        switch (value)
        {
            // Transcoding writes an unset message as null.
            case null:
                return [];
            case JsonArray items:
                return resolved["type"]?.GetValue<string>() == "array"
                    ? items.SelectMany((item, i) => Misfits(resolved["items"]!, item, $"{path}[{i}]"))
                    : [$"{path} is an array"];
            case JsonObject fields when resolved["additionalProperties"] is { } free:
                return free is JsonObject one ? fields.SelectMany(f => Misfits(one, f.Value, $"{path}.{f.Key}")) : [];
            case JsonObject fields:
                return fields.SelectMany(f => resolved["properties"]?[f.Key] is { } known ? Misfits(known, f.Value, $"{path}.{f.Key}") : [$"{path}.{f.Key} is not described"]);
        }

        var (kind, type) = (value.GetValueKind(), resolved["type"]?.GetValue<string>());
        var fits = kind switch
        {
            JsonValueKind.String => type == "string" && (resolved["enum"]?.AsArray().Any(v => v!.GetValue<string>() == value.GetValue<string>()) ?? true),
            JsonValueKind.Number => type is "number" or "integer",
            _ => type == "boolean",
        };
        return fits ? [] : [$"{path} is {value.ToJsonString()}, described as {type}"];
    }

    private JsonObject Object(JsonNode schema, int depth)
    {
        var (value, choices) = (new JsonObject(), new HashSet<string>());
        foreach (var (name, property) in depth > DepthMax ? [] : schema["properties"]?.AsObject() ?? [])
        {
            // Of fields that exclude one another, the first.
            var choice = property!["description"]?.GetValue<string>() is { } text && text.IndexOf("At most one of", StringComparison.Ordinal) is var at and >= 0 ? text[at..] : name;
            if (property["readOnly"] is null && choices.Add(choice) && Example(property, name, depth + 1) is { } example)
            {
                value[name] = example;
            }
        }

        return value;
    }

    private JsonNode Resolve(JsonNode schema) => schema["$ref"] is { } reference ? Resolve(Find(reference.GetValue<string>())!) : schema;

    private static IEnumerable<JsonNode> Nodes(JsonNode? node) => node switch
    {
        JsonObject fields => fields.SelectMany(f => Nodes(f.Value)).Prepend(fields),
        JsonArray items => items.SelectMany(Nodes),
        _ => [],
    };
}

/// <summary>One operation of the document.</summary>
internal sealed record Operation(string Path, string Verb, JsonNode Node)
{
    public string Id => Node["operationId"]!.GetValue<string>();

    public JsonNode? BodySchema => Node["requestBody"]?["content"]?["application/json"]?["schema"];

    public JsonNode AnswerSchema => Node["responses"]!["200"]!["content"]!["application/json"]!["schema"]!;

    public IEnumerable<JsonNode> Parameters(string place) => Node["parameters"]!.AsArray().Where(p => p!["in"]!.GetValue<string>() == place)!;
}
