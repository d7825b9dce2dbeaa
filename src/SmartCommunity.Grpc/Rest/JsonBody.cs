using System.Text.Json;
using Google.Protobuf.Reflection;
using SmartCommunity.Domain.Refusals;

namespace SmartCommunity.Grpc.Rest;

/// <summary>
/// Looks a JSON body through against the message it is meant to be, before transcoding reads it: transcoding leaves out what it does not know and tells
/// no field of what it cannot read.
/// </summary>
internal static class JsonBody
{
    /// <summary>Deepest nesting; protobuf's own limit for messages.</summary>
    public const int DepthMax = 100;

    private static readonly JsonReaderOptions Strict = new() { MaxDepth = DepthMax };

    /// <summary>The first thing that is wrong; null when all of it can be read.</summary>
    /// <param name="prefix">Path of the body's message in the request, empty when the body is the request.</param>
    public static Refusal? Check(ReadOnlySpan<byte> body, MessageDescriptor message, string prefix)
    {
        if (body.IsEmpty)
        {
            return new(RefusalCode.EmptyPayload, prefix, "The body is empty.", "Send a JSON object.");
        }

        var reader = new Utf8JsonReader(body, Strict);
        try
        {
            reader.Read();
            if (Message(ref reader, message, prefix) is { } refusal)
            {
                return refusal;
            }

            return reader.Read() ? NotJson(reader.TokenStartIndex) : null;
        }
        catch (Exception unread) when (unread is JsonException or InvalidOperationException)
        {
            // An InvalidOperationException is text that is no Unicode.
            return NotJson((unread as JsonException)?.BytePositionInLine is { } position ? position + LineStart(body, (JsonException)unread) : reader.TokenStartIndex);
        }
    }

    private static Refusal? Message(ref Utf8JsonReader reader, MessageDescriptor message, string path)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return Wrong(path, "an object");
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var name = reader.GetString()!;
            var field = message.Fields.InDeclarationOrder().FirstOrDefault(f => f.JsonName == name || f.Name == name);
            var at = path.Length == 0 ? field?.Name ?? Short(name) : $"{path}.{field?.Name ?? Short(name)}";
            if (field is null)
            {
                return Unknown(at, message.Fields.InDeclarationOrder().Select(f => f.JsonName));
            }

            if (!seen.Add(field.Name))
            {
                return new(RefusalCode.WrongShape, at, $"{at} stands there twice.", "Keep one of the two.");
            }

            if (field.RealContainingOneof is { } oneof && !seen.Add(oneof.FullName))
            {
                return new(RefusalCode.WrongShape, at, $"{at} stands beside another field in whose place it would be.", $"Send one of {string.Join(", ", oneof.Fields.Select(f => f.JsonName))}.");
            }

            reader.Read();
            if (Value(ref reader, field, at) is { } refusal)
            {
                return refusal;
            }
        }

        return null;
    }

    private static Refusal? Value(ref Utf8JsonReader reader, FieldDescriptor field, string at)
    {
        if (reader.TokenType == JsonTokenType.Null && field is not { FieldType: FieldType.Message, MessageType.Name: "Value" })
        {
            return new(RefusalCode.WrongShape, at, $"{at} is null.", $"Send {JsonValues.Wanted(field)}, or leave it out.");
        }

        if (field.IsMap)
        {
            return Map(ref reader, field, at);
        }

        return field.IsRepeated ? List(ref reader, field, at) : Single(ref reader, field, at);
    }

    private static Refusal? List(ref Utf8JsonReader reader, FieldDescriptor field, string at)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            return Wrong(at, "an array");
        }

        for (var i = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; i++)
        {
            if (Single(ref reader, field, $"{at}[{i}]") is { } refusal)
            {
                return refusal;
            }
        }

        return null;
    }

    private static Refusal? Map(ref Utf8JsonReader reader, FieldDescriptor field, string at)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return Wrong(at, "an object");
        }

        var value = field.MessageType.FindFieldByName("value");
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var key = $"{at}.{Short(reader.GetString()!)}";
            reader.Read();
            if (Single(ref reader, value, key) is { } refusal)
            {
                return refusal;
            }
        }

        return null;
    }

    private static Refusal? Single(ref Utf8JsonReader reader, FieldDescriptor field, string at)
    {
        if (field.FieldType is FieldType.Message && !JsonValues.HasOwnForm(field.MessageType))
        {
            return Message(ref reader, field.MessageType, at);
        }

        if (field.FieldType is FieldType.Message)
        {
            using var own = JsonDocument.ParseValue(ref reader);
            return JsonValues.IsOwnForm(field.MessageType, own.RootElement.GetRawText()) ? null : Wrong(at, JsonValues.Wanted(field));
        }

        return JsonValues.Mismatch(field, ref reader) is { } wanted ? Wrong(at, wanted) : null;
    }

    public static Refusal Unknown(string at, IEnumerable<string> known) => new(
        RefusalCode.WrongShape, at, $"The contract knows no field {at}.", $"Leave it out; known here: {string.Join(", ", known)}.");

    public static Refusal Wrong(string at, string wanted) => new(
        RefusalCode.WrongShape, at, $"{(at.Length == 0 ? "The body" : at)} must be {wanted}.", "See /openapi.json for the form of every field.");

    /// <summary>A name as it may stand in an answer.</summary>
    public static string Short(string name) => name.Length <= 64 ? name : name[..64];

    private static Refusal NotJson(long position) => new(
        RefusalCode.NotJson, string.Empty, $"The body is no JSON from byte {position} on, or nested deeper than {DepthMax}.", "Send UTF-8 JSON, and one object only.");

    private static long LineStart(ReadOnlySpan<byte> body, JsonException unread)
    {
        var start = 0;
        for (var line = 0L; line < unread.LineNumber && start < body.Length; line++)
        {
            start += body[start..].IndexOf((byte)'\n') + 1;
        }

        return start;
    }
}
