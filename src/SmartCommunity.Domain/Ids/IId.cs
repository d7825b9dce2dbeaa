using System.Text.Json;
using System.Text.Json.Serialization;

namespace SmartCommunity.Domain.Ids;

/// <summary>What every id type can do: be read from text and be written as the same text.</summary>
public interface IId<TSelf>
    where TSelf : struct, IId<TSelf>
{
    /// <summary>Parses; throws <see cref="FormatException"/> on bad text.</summary>
    static abstract TSelf Parse(string text);

    /// <summary>Parses without throwing.</summary>
    static abstract bool TryParse(string? text, out TSelf id);
}

/// <summary>Ids are JSON strings in events and views.</summary>
public sealed class IdJsonConverter<TId> : JsonConverter<TId>
    where TId : struct, IId<TId>
{
    public override TId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        TId.TryParse(reader.GetString(), out var id) ? id : throw new JsonException($"Not a {typeof(TId).Name}.");

    public override void Write(Utf8JsonWriter writer, TId value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStringValue(value.ToString());
    }

    public override TId ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Read(ref reader, typeToConvert, options);

    public override void WriteAsPropertyName(Utf8JsonWriter writer, TId value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WritePropertyName(value.ToString() ?? string.Empty);
    }
}
