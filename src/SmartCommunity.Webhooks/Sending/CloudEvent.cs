using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using SmartCommunity.Grains.Feed;
using SmartCommunity.Storage;

namespace SmartCommunity.Webhooks.Sending;

/// <summary>The body of a request: one event as structured CloudEvents 1.0 JSON.</summary>
internal sealed record CloudEvent(string Id, byte[] Body)
{
    public const string ContentType = "application/cloudevents+json";

    private const string TypePrefix = "smartcommunity.";

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="data">The event as the public contract shows it.</param>
    public static CloudEvent Of(FeedItem item, string data)
    {
        ArgumentNullException.ThrowIfNull(item);
        var entry = item.Entry;
        return Make(IdOf(entry), entry.District, entry.Type ?? "reading", DateTimeOffset.FromUnixTimeMilliseconds(entry.AtMs), entry.Stream, data);
    }

    /// <summary>Says only that the address works.</summary>
    public static CloudEvent Ping(string district, string webhook, DateTimeOffset now)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"ping_{district}_{webhook}_{now.ToUnixTimeMilliseconds()}");
        return Make(id, district, "ping", now, $"webhooks/{webhook}", "{}");
    }

    /// <summary>The same at every attempt: the receiver knows repetitions by it.</summary>
    public static string IdOf(JournalEntry entry) => string.Create(CultureInfo.InvariantCulture, $"evt_{entry.District}_{entry.Position}");

    private static CloudEvent Make(string id, string district, string type, DateTimeOffset at, string entity, string data)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, Options))
        {
            json.WriteStartObject();
            json.WriteString("specversion", "1.0");
            json.WriteString("id", id);
            json.WriteString("source", $"/v1/districts/{district}");
            json.WriteString("type", TypePrefix + type);
            json.WriteString("time", at.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
            json.WriteString("partitionkey", entity);
            json.WriteString("datacontenttype", "application/json");
            json.WritePropertyName("data");
            json.WriteRawValue(data);
            json.WriteEndObject();
        }

        return new(id, bytes.ToArray());
    }
}
