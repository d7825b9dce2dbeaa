using System.Text.Json.Nodes;
using Google.Protobuf.Reflection;
using SmartCommunity.Grpc.Contracts;

namespace SmartCommunity.Grpc.OpenApi;

/// <summary>JSON schemas of messages and enums, in the JSON that transcoding reads and writes.</summary>
internal sealed class Schemas
{
    private const string OutputOnly = "Output only.";

    private readonly SortedDictionary<string, JsonNode> components = new(StringComparer.Ordinal);

    /// <summary>All that was referred to, by name.</summary>
    public JsonObject Components => new(components.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value.DeepClone())));

    public void Add(string name, JsonNode schema) => components[name] = schema;

    /// <summary>The schema of a field, with its comment.</summary>
    public JsonObject Of(FieldDescriptor field)
    {
        var schema = field.IsMap
            ? new JsonObject { ["type"] = "object", ["additionalProperties"] = Single(field.MessageType.FindFieldByName("value")) }
            : field.IsRepeated
                ? new JsonObject { ["type"] = "array", ["items"] = Single(field) }
                : Single(field);
        var comment = Contract.CommentOf(field);
        if (field.RealContainingOneof is { } oneof)
        {
            comment = $"{comment} At most one of {string.Join(", ", oneof.Fields.Select(f => f.JsonName))} is set.".Trim();
        }

        schema["description"] = comment;
        if (comment.EndsWith(OutputOnly, StringComparison.Ordinal))
        {
            schema["readOnly"] = true;
        }

        Bound(field.Name, schema);
        return schema;
    }

    /// <summary>A reference to the schema of a message, which is made when it is not there yet.</summary>
    public JsonObject Reference(MessageDescriptor message)
    {
        var name = NameOf(message.FullName);
        if (!components.ContainsKey(name))
        {
            // It stands there before its fields are looked at, so that a message may hold itself.
            components[name] = new JsonObject();
            components[name] = Object(message.Fields.InDeclarationOrder(), Contract.CommentOf(message));
        }

        return Reference(name);
    }

    public static JsonObject Reference(string name) => new() { ["$ref"] = $"#/components/schemas/{name}" };

    /// <summary>An object of these fields and no others.</summary>
    public JsonObject Object(IEnumerable<FieldDescriptor> fields, string description)
    {
        var (properties, required) = (new JsonObject(), new JsonArray());
        foreach (var field in fields)
        {
            properties[field.JsonName] = Of(field);
            if (IsRequired(field))
            {
                required.Add(field.JsonName);
            }
        }

        var schema = new JsonObject { ["type"] = "object", ["description"] = description, ["properties"] = properties };
        if (required.Count > 0)
        {
            schema["required"] = required;
        }

        return schema;
    }

    /// <summary>A field is required when its comment says so; in a create request also the new record's id, unless its comment says what empty means.</summary>
    public static bool IsRequired(FieldDescriptor field)
    {
        var request = field.ContainingType.Name;
        var comment = Contract.CommentOf(field);
        return comment.Contains("Required.", StringComparison.Ordinal)
            || (!comment.Contains("mpty", StringComparison.Ordinal)
                && request.StartsWith("Create", StringComparison.Ordinal)
                && request.EndsWith("Request", StringComparison.Ordinal)
                && field.Name.EndsWith("_id", StringComparison.Ordinal)
                && field.Name != "request_id");
    }

    private JsonObject Single(FieldDescriptor field) => field.FieldType switch
    {
        FieldType.Message or FieldType.Group => WellKnown(field.MessageType.FullName) ?? Reference(field.MessageType),
        FieldType.Enum => Enum(field.EnumType),
        FieldType.Bool => new() { ["type"] = "boolean" },
        FieldType.String => new() { ["type"] = "string" },
        FieldType.Bytes => new() { ["type"] = "string", ["contentEncoding"] = "base64" },
        FieldType.Double => new() { ["type"] = "number", ["format"] = "double" },
        FieldType.Float => new() { ["type"] = "number", ["format"] = "float" },
        FieldType.Int64 or FieldType.SInt64 or FieldType.SFixed64 => new() { ["type"] = "integer", ["format"] = "int64" },
        FieldType.UInt64 or FieldType.Fixed64 => new() { ["type"] = "integer", ["format"] = "uint64", ["minimum"] = 0 },
        FieldType.UInt32 or FieldType.Fixed32 => new() { ["type"] = "integer", ["format"] = "uint32", ["minimum"] = 0 },
        _ => new() { ["type"] = "integer", ["format"] = "int32" },
    };

    private JsonObject Enum(EnumDescriptor values)
    {
        var name = NameOf(values.FullName);
        components[name] = new JsonObject
        {
            ["type"] = "string",
            ["description"] = string.Join('\n', values.Values.Select(v => $"- `{v.Name}`: {Contract.CommentOf(v)}").Prepend(Contract.CommentOf(values) + "\n")),
            ["enum"] = new JsonArray([.. values.Values.Select(v => (JsonNode)v.Name)]),
        };
        return Reference(name);
    }

    private static JsonObject? WellKnown(string fullName) => fullName switch
    {
        "google.protobuf.Timestamp" => new() { ["type"] = "string", ["format"] = "date-time" },
        "google.protobuf.Duration" => new() { ["type"] = "string", ["pattern"] = @"^-?[0-9]+(\.[0-9]{1,9})?s$", ["examples"] = new JsonArray("60s") },
        "google.protobuf.FieldMask" => new() { ["type"] = "string", ["examples"] = new JsonArray("displayName") },
        "google.protobuf.Struct" or "google.protobuf.Empty" => new() { ["type"] = "object", ["additionalProperties"] = fullName.EndsWith("Struct", StringComparison.Ordinal) },
        "google.protobuf.Any" => new() { ["type"] = "object", ["additionalProperties"] = true },
        "google.protobuf.Value" => [],
        "google.protobuf.ListValue" => new() { ["type"] = "array", ["items"] = new JsonObject() },
        "google.protobuf.StringValue" => new() { ["type"] = "string" },
        "google.protobuf.BoolValue" => new() { ["type"] = "boolean" },
        "google.protobuf.DoubleValue" or "google.protobuf.FloatValue" => new() { ["type"] = "number" },
        "google.protobuf.Int32Value" or "google.protobuf.UInt32Value" or "google.protobuf.Int64Value" or "google.protobuf.UInt64Value" => new() { ["type"] = "integer" },
        "google.protobuf.BytesValue" => new() { ["type"] = "string", ["contentEncoding"] = "base64" },
        _ => null,
    };

    /// <summary>Limits of the fields that many requests have.</summary>
    private static void Bound(string field, JsonObject schema)
    {
        switch (field)
        {
            case "page_size":
                (schema["minimum"], schema["maximum"], schema["default"]) = (0, ApiLimits.PageSizeMax, ApiLimits.PageSizeDefault);
                break;
            case "page_token":
                schema["maxLength"] = ApiLimits.PageTokenCharsMax;
                break;
            case "request_id":
                schema["pattern"] = "^[A-Za-z0-9._-]{0,64}$";
                break;
        }
    }

    private static string NameOf(string fullName) =>
        fullName.StartsWith(Contract.Package + ".", StringComparison.Ordinal) ? fullName[(Contract.Package.Length + 1)..].Replace('.', '_') : fullName.Replace('.', '_');
}
