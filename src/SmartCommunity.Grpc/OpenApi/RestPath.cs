using System.Text;
using System.Text.Json.Nodes;
using SmartCommunity.Grpc.Contracts;

namespace SmartCommunity.Grpc.OpenApi;

/// <summary>The path of a binding as OpenAPI writes it: each star of a pattern is a parameter named after its collection.</summary>
internal sealed class RestPath
{
    public RestPath(RestBinding binding)
    {
        var text = new StringBuilder();
        var rest = binding.Template;
        foreach (var (field, pattern) in binding.PathFields)
        {
            var open = rest.IndexOf('{', StringComparison.Ordinal);
            text.Append(rest[..open]);
            Expand(pattern, field, text);
            rest = rest[(rest.IndexOf('}', StringComparison.Ordinal) + 1)..];
        }

        Text = text.Append(rest).ToString();
    }

    /// <summary><c>/v1/districts/{district}/buildings</c>.</summary>
    public string Text { get; }

    public List<JsonObject> Parameters { get; } = [];

    private void Expand(string pattern, string field, StringBuilder text)
    {
        var segments = pattern.Split('/');
        for (var i = 0; i < segments.Length; i++)
        {
            text.Append(i > 0 ? "/" : string.Empty);
            if (segments[i] is not ("*" or "**"))
            {
                text.Append(segments[i]);
                continue;
            }

            var name = i > 0 ? segments[i - 1].TrimEnd('s') : field;
            text.Append('{').Append(name).Append('}');
            Parameters.Add(new()
            {
                ["name"] = name,
                ["in"] = "path",
                ["required"] = true,
                ["description"] = name == "district" ? "Six digits (GB/T 2260)." : $"The part of `{field}` after `{(i > 0 ? segments[i - 1] : string.Empty)}/`.",
                ["schema"] = name == "district" ? new JsonObject { ["type"] = "string", ["pattern"] = "^[1-9][0-9]{5}$" } : new JsonObject { ["type"] = "string", ["minLength"] = 1 },
            });
        }
    }
}
