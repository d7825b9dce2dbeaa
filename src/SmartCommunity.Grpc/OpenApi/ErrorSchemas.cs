using System.Text.Json.Nodes;
using Google.Rpc;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Grpc.Refusals;

namespace SmartCommunity.Grpc.OpenApi;

/// <summary>What every error answers: <c>google.rpc.Status</c> with the details that this server adds.</summary>
internal static class ErrorSchemas
{
    public static JsonObject Response => new()
    {
        ["description"] = "It was refused or could not be done; `details` tells why and what to do.",
        ["content"] = new JsonObject { ["application/json"] = new JsonObject { ["schema"] = Schemas.Reference("Status") } },
    };

    public static void AddTo(Schemas schemas)
    {
        schemas.Add("Status", Object("An error.", ("code", Number("A code of google.rpc.Code.")), ("message", Text("The rule and the way out, in English.")), ("details", new()
        {
            ["type"] = "array",
            ["items"] = new JsonObject
            {
                ["anyOf"] = new JsonArray(Schemas.Reference("ErrorInfo"), Schemas.Reference("BadRequest"), Schemas.Reference("RetryInfo"), Schemas.Reference("LocalizedMessage")),
            },
        })));
        var reasons = Enum.GetValues<RefusalCode>().Where(code => code != RefusalCode.None).Select(RefusalStatus.ReasonOf);
        schemas.Add("ErrorInfo", Detail(
            ErrorInfo.Descriptor.FullName,
            "The cause, for programs.",
            ("reason", Text($"Stable. A refusal: {string.Join(", ", reasons.Select(r => $"`{r}`"))}; or a failure of the call: `STORE_UNAVAILABLE`, `SILO_UNAVAILABLE`, `DEADLINE_EXCEEDED`, `INTERNAL` and the like.")),
            ("domain", new() { ["const"] = RefusalStatus.ErrorDomain }),
            ("metadata", new() { ["type"] = "object", ["additionalProperties"] = new JsonObject { ["type"] = "string" }, ["description"] = "`code`, `field`, `way_out`." })));
        var violation = Object("One field.", ("field", Text("Path of the field, in proto naming.")), ("description", Text("The rule that was broken.")), ("reason", Text("As in ErrorInfo.")));
        schemas.Add("BadRequest", Detail(BadRequest.Descriptor.FullName, "The field that was refused.", ("fieldViolations", new() { ["type"] = "array", ["items"] = violation })));
        schemas.Add("RetryInfo", Detail(RetryInfo.Descriptor.FullName, "When to try again.", ("retryDelay", Text("Seconds, like `1s`."))));
        schemas.Add("LocalizedMessage", Detail(
            LocalizedMessage.Descriptor.FullName, "The cause in the language asked for (`Accept-Language: zh`).", ("locale", Text("`zh-CN`.")), ("message", Text("For people."))));
    }

    private static JsonObject Detail(string type, string description, params (string Name, JsonObject Schema)[] fields) =>
        Object(description, [("@type", new() { ["const"] = $"type.googleapis.com/{type}" }), .. fields]);

    private static JsonObject Object(string description, params (string Name, JsonObject Schema)[] fields) => new()
    {
        ["type"] = "object",
        ["description"] = description,
        ["properties"] = new JsonObject(fields.Select(f => KeyValuePair.Create(f.Name, (JsonNode?)f.Schema))),
    };

    private static JsonObject Text(string description) => new() { ["type"] = "string", ["description"] = description };

    private static JsonObject Number(string description) => new() { ["type"] = "integer", ["description"] = description };
}
