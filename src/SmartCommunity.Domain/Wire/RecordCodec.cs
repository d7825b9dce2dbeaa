using System.Text.Json;

namespace SmartCommunity.Domain.Wire;

/// <summary>JSON of directory records (Building, Device, Alarm …) as view rows keep them.</summary>
public static class RecordCodec
{
    /// <summary>UTF-8 JSON; equal records give equal bytes.</summary>
    public static byte[] Encode(object record)
    {
        ArgumentNullException.ThrowIfNull(record);
        return JsonSerializer.SerializeToUtf8Bytes(record, record.GetType(), WireJson.Shared);
    }

    /// <exception cref="FormatException">The bytes are not a <typeparamref name="T"/>.</exception>
    public static T Decode<T>(ReadOnlySpan<byte> body)
        where T : class
    {
        try
        {
            return (T?)JsonSerializer.Deserialize(body, typeof(T), WireJson.Shared) ?? throw new FormatException($"Empty {typeof(T).Name}.");
        }
        catch (JsonException damaged)
        {
            throw new FormatException($"The body is no {typeof(T).Name}.", damaged);
        }
    }

    /// <summary>True when two records hold the same, arrays compared by their elements.</summary>
    public static bool Same<T>(T? left, T? right)
        where T : class => ReferenceEquals(left, right)
        || (left is not null && right is not null && Encode(left).AsSpan().SequenceEqual(Encode(right)));
}
