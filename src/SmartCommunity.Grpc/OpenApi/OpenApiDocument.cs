using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Google.Protobuf.Reflection;
using SmartCommunity.Grpc.Contracts;

namespace SmartCommunity.Grpc.OpenApi;

/// <summary>The REST side of the contract as OpenAPI 3.1, made from descriptors and comments; what has no <c>google.api.http</c> is not in it.</summary>
internal sealed class OpenApiDocument
{
    private const string Json = "application/json";
    private const string Description =
        "The same contract as gRPC, transcoded. Every change takes a `requestId`: the same id with the same content answers as the first time. "
        + "Every error is a `Status` whose details name the reason, the field and the way out.";

    private readonly Schemas schemas = new();
    private readonly SortedDictionary<string, JsonObject> paths = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, string> services = new(StringComparer.Ordinal);

    private OpenApiDocument()
    {
        ErrorSchemas.AddTo(schemas);
        foreach (var method in Contract.Methods)
        {
            services[method.Service.Name] = Contract.CommentOf(method.Service);
            var number = 1;
            foreach (var binding in RestBinding.Of(method))
            {
                Add(binding, number++);
            }
        }
    }

    /// <summary>The document as UTF-8 JSON.</summary>
    public static byte[] Write() => Encoding.UTF8.GetBytes(new OpenApiDocument().ToJson().ToJsonString(new JsonSerializerOptions { WriteIndented = true }));

    private JsonObject ToJson() => new()
    {
        ["openapi"] = "3.1.0",
        ["info"] = new JsonObject
        {
            ["title"] = "SmartCommunity",
            ["version"] = typeof(OpenApiDocument).Assembly.GetName().Version?.ToString(3) ?? "0",
            ["description"] = Description,
        },
        ["servers"] = new JsonArray(new JsonObject { ["url"] = "/" }),
        ["security"] = new JsonArray(new JsonObject { ["apiKey"] = new JsonArray() }, new JsonObject { ["bearer"] = new JsonArray() }),
        ["tags"] = new JsonArray([.. services.Select(s => new JsonObject { ["name"] = s.Key, ["description"] = s.Value })]),
        ["paths"] = new JsonObject(paths.Select(p => KeyValuePair.Create(p.Key, (JsonNode?)p.Value))),
        ["components"] = new JsonObject
        {
            ["securitySchemes"] = new JsonObject
            {
                ["apiKey"] = new JsonObject { ["type"] = "apiKey", ["in"] = "header", ["name"] = "x-api-key", ["description"] = "An API key of the district, or the operator key." },
                ["bearer"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer", ["description"] = "The same key as a bearer token." },
            },
            ["responses"] = new JsonObject { ["Error"] = ErrorSchemas.Response },
            ["schemas"] = schemas.Components,
        },
    };

    private void Add(RestBinding binding, int number)
    {
        var path = new RestPath(binding);
        if (!paths.TryGetValue(path.Text, out var item))
        {
            paths[path.Text] = item = [];
        }

        var comment = Contract.CommentOf(binding.Method);
        var operation = new JsonObject
        {
            ["operationId"] = number == 1 ? binding.Method.Name : $"{binding.Method.Name}{number}",
            ["tags"] = new JsonArray(binding.Method.Service.Name),
            ["summary"] = FirstSentence(comment),
            ["description"] = comment,
            ["parameters"] = new JsonArray([.. path.Parameters, .. binding.QueryFields.Select(Query)]),
        };
        if (binding.HasBody)
        {
            operation["requestBody"] = new JsonObject { ["required"] = true, ["content"] = Content(Body(binding)) };
        }

        operation["responses"] = new JsonObject
        {
            ["200"] = new JsonObject
            {
                ["description"] = binding.Method.IsServerStreaming ? "One JSON object a line, until the stream ends." : "It is done.",
                ["content"] = Content(schemas.Reference(binding.Method.OutputType)),
            },
            ["default"] = new JsonObject { ["$ref"] = "#/components/responses/Error" },
        };
        item[binding.Verb.ToLowerInvariant()] = operation;
    }

    private JsonObject Body(RestBinding binding) => binding.BodyField is { } field
        ? schemas.Reference(field.MessageType)
        : schemas.Object(binding.BodyType.Fields.InDeclarationOrder().Where(f => !binding.IsInPath(f.Name)), Contract.CommentOf(binding.BodyType));

    private JsonObject Query(FieldDescriptor field)
    {
        var schema = schemas.Of(field);
        var description = schema["description"]?.GetValue<string>();
        schema.Remove("description");
        var parameter = new JsonObject { ["name"] = field.JsonName, ["in"] = "query", ["description"] = description };
        if (Schemas.IsRequired(field))
        {
            parameter["required"] = true;
        }

        parameter["schema"] = schema;
        return parameter;
    }

    private static JsonObject Content(JsonObject schema) => new() { [Json] = new JsonObject { ["schema"] = schema } };

    private static string FirstSentence(string comment)
    {
        var end = comment.IndexOfAny(['.', ';', ':']);
        return end < 0 ? comment : comment[..end];
    }
}
