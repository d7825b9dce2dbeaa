using Google.Protobuf.Reflection;
using Microsoft.AspNetCore.Http;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Grpc.Contracts;

namespace SmartCommunity.Grpc.Rest;

/// <summary>Looks the query through: every parameter must be a field that neither the path nor the body holds, and its text must fit the field.</summary>
internal static class QueryCheck
{
    /// <summary>The first thing that is wrong; null when all of it can be read.</summary>
    public static Refusal? Check(IQueryCollection query, RestBinding binding)
    {
        var fields = binding.QueryFields.ToArray();
        foreach (var (name, texts) in query)
        {
            var (field, path) = Find(name, fields);
            if (field is null)
            {
                var known = fields.Select(f => f.JsonName).ToArray();
                return new(
                    RefusalCode.WrongShape,
                    JsonBody.Short(name),
                    $"The method takes no parameter '{JsonBody.Short(name)}'.",
                    known.Length == 0 ? "Leave it out; it takes none." : $"Leave it out; it takes {string.Join(", ", known)}.");
            }

            if (texts.Count > 1 && !field.IsRepeated)
            {
                return new(RefusalCode.WrongShape, path, $"{path} stands there {texts.Count} times.", "Send it once.");
            }

            foreach (var text in texts)
            {
                if (JsonValues.MismatchText(field, text ?? string.Empty, isQuery: true) is { } wanted)
                {
                    return JsonBody.Wrong(path, wanted);
                }
            }
        }

        return null;
    }

    private static (FieldDescriptor? Field, string Path) Find(string name, IEnumerable<FieldDescriptor> fields)
    {
        var parts = name.Split('.', 2);
        var field = fields.FirstOrDefault(f => f.JsonName == parts[0] || f.Name == parts[0]);
        if (field is null || parts.Length == 1)
        {
            return field is { FieldType: FieldType.Message } && !JsonValues.HasOwnForm(field.MessageType) ? default : (field, field?.Name ?? string.Empty);
        }

        if (field.FieldType != FieldType.Message || field.IsRepeated || JsonValues.HasOwnForm(field.MessageType))
        {
            return default;
        }

        var (inner, path) = Find(parts[1], field.MessageType.Fields.InDeclarationOrder());
        return (inner, $"{field.Name}.{path}");
    }
}
