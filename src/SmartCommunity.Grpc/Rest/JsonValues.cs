using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace SmartCommunity.Grpc.Rest;

/// <summary>What JSON, or the text of a query, a field of the contract takes. Stricter than transcoding nowhere that the contract is; but it knows the field.</summary>
internal static class JsonValues
{
    private const string ProtobufPackage = "google.protobuf";

    /// <summary>Messages with a JSON form of their own, with the code that reads it; the contract's descriptors have none.</summary>
    private static readonly FrozenDictionary<string, MessageDescriptor> OwnForms = new[]
    {
        TimestampReflection.Descriptor, DurationReflection.Descriptor, FieldMaskReflection.Descriptor, StructReflection.Descriptor,
        AnyReflection.Descriptor, EmptyReflection.Descriptor, WrappersReflection.Descriptor,
    }.SelectMany(file => file.MessageTypes).ToFrozenDictionary(message => message.FullName, StringComparer.Ordinal);

    /// <summary>True for messages that have a JSON form of their own (instants, durations, masks, free objects).</summary>
    public static bool HasOwnForm(MessageDescriptor message) => message.File.Package == ProtobufPackage;

    /// <summary>What a field asks for, in words; null when the JSON scalar at the reader fits it.</summary>
    public static string? Mismatch(FieldDescriptor field, ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.String => MismatchText(field, reader.GetString()!, isQuery: false),
        JsonTokenType.Number => MismatchNumber(field, ref reader),
        JsonTokenType.True or JsonTokenType.False => field.FieldType == FieldType.Bool ? null : Wanted(field),
        _ => Wanted(field),
    };

    /// <summary>The same for text: a JSON string, or a value of the query.</summary>
    public static string? MismatchText(FieldDescriptor field, string text, bool isQuery)
    {
        var fits = field.FieldType switch
        {
            FieldType.String => true,
            FieldType.Bytes => Convert.TryFromBase64String(text, new byte[text.Length], out _),
            FieldType.Enum => field.EnumType.FindValueByName(text) is not null,
            FieldType.Bool => isQuery && text is "true" or "false",
            FieldType.Int64 or FieldType.SInt64 or FieldType.SFixed64 => isQuery && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
            FieldType.UInt64 or FieldType.Fixed64 => isQuery && ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _),
            FieldType.Int32 or FieldType.SInt32 or FieldType.SFixed32 => isQuery && int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
            FieldType.UInt32 or FieldType.Fixed32 => isQuery && uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _),
            FieldType.Double or FieldType.Float => text is "NaN" or "Infinity" or "-Infinity"
                || (isQuery && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)),
            // A mask of the query may also name its fields as the proto does.
            _ when isQuery && field.MessageType.Name == "FieldMask" => true,
            _ => HasOwnForm(field.MessageType) && IsOwnForm(field.MessageType, JsonSerializer.Serialize(text)),
        };
        return fits ? null : Wanted(field);
    }

    /// <summary>True when protobuf's own reader takes the JSON for such a message.</summary>
    public static bool IsOwnForm(MessageDescriptor message, string json)
    {
        try
        {
            JsonParser.Default.Parse(json, OwnForms[message.FullName]);
            return true;
        }
        catch (Exception unread) when (unread is InvalidProtocolBufferException or InvalidJsonException or InvalidOperationException or FormatException or OverflowException)
        {
            return false;
        }
    }

    /// <summary>What a field asks for, in words.</summary>
    public static string Wanted(FieldDescriptor field) => field.FieldType switch
    {
        FieldType.Message => field.MessageType.Name switch
        {
            "Timestamp" => "an instant like \"2026-11-23T08:00:00Z\"",
            "Duration" => "a duration like \"60s\"",
            "FieldMask" => "names of fields with commas between them",
            _ => "an object",
        },
        FieldType.Enum => $"one of {string.Join(", ", field.EnumType.Values.Select(v => v.Name))}",
        FieldType.Bool => "true or false",
        FieldType.String => "a text",
        FieldType.Bytes => "bytes in base 64",
        FieldType.Double or FieldType.Float => "a finite number",
        FieldType.UInt32 or FieldType.UInt64 or FieldType.Fixed32 or FieldType.Fixed64 => "a whole number, 0 or more",
        FieldType.Int64 or FieldType.SInt64 or FieldType.SFixed64 => "a whole number of 64 bits",
        _ => "a whole number of 32 bits",
    };

    private static string? MismatchNumber(FieldDescriptor field, ref Utf8JsonReader reader)
    {
        var fits = field.FieldType switch
        {
            FieldType.Double => reader.TryGetDouble(out var number) && double.IsFinite(number),
            FieldType.Float => reader.TryGetSingle(out var number) && float.IsFinite(number),
            FieldType.Int64 or FieldType.SInt64 or FieldType.SFixed64 => reader.TryGetInt64(out _),
            FieldType.UInt64 or FieldType.Fixed64 => reader.TryGetUInt64(out _),
            FieldType.UInt32 or FieldType.Fixed32 => reader.TryGetUInt32(out _),
            FieldType.Int32 or FieldType.SInt32 or FieldType.SFixed32 or FieldType.Enum => reader.TryGetInt32(out _),
            _ => false,
        };
        return fits ? null : Wanted(field);
    }
}
