using System.Text;
using System.Text.Json;
using SmartCommunity.Domain.Refusals;

namespace SmartCommunity.Domain.Twins;

/// <summary>Reads the JSON bodies of events and states.</summary>
internal static class MessageBody
{
    private static readonly string[] NameFields = ["event", "name", "type"];
    private static readonly string[] StatusFields = ["status", "state"];

    /// <summary>The name of a device event: the first of <c>event</c>, <c>name</c>, <c>type</c>.</summary>
    public static Outcome<string> EventName(string? body)
    {
        using var json = Parse(body);
        if (json is null || json.RootElement.ValueKind != JsonValueKind.Object)
        {
            return NoObject();
        }

        foreach (var field in NameFields)
        {
            if (json.RootElement.TryGetProperty(field, out var name)
                && name.ValueKind == JsonValueKind.String
                && name.GetString() is { Length: > 0 and <= Limits.EventNameCharsMax } text)
            {
                return text;
            }
        }

        return new Refusal(RefusalCode.Missing, "event", $"The event has no name of 1 to {Limits.EventNameCharsMax} characters.", "Send {\"event\":\"smoke\", …}.");
    }

    /// <summary>Whether a state message says online: <c>online</c> true or false, or <c>status</c> / <c>state</c> <c>"online"</c> or <c>"offline"</c>.</summary>
    public static Outcome<bool> Online(string? body)
    {
        using var json = Parse(body);
        if (json is null)
        {
            return NoObject();
        }

        var root = json.RootElement;
        var said = root.ValueKind == JsonValueKind.String ? Word(root) : null;
        if (root.ValueKind == JsonValueKind.Object)
        {
            if (root.TryGetProperty("online", out var online))
            {
                said = online.ValueKind switch { JsonValueKind.True => true, JsonValueKind.False => false, _ => null };
            }

            foreach (var field in StatusFields)
            {
                said ??= root.TryGetProperty(field, out var status) ? Word(status) : null;
            }
        }

        return said is { } known
            ? known
            : new Refusal(RefusalCode.Missing, "online", "The state says neither online nor offline.", "Send {\"online\":true} or {\"online\":false}.");
    }

    /// <summary>The values of a message as text, for quarantine; not-a-number is written as a word, so nothing is lost or turned into 0.</summary>
    public static string OfValues(MetricValue[]? values)
    {
        var text = new StringBuilder("{");
        foreach (var value in values ?? [])
        {
            text.Append(text.Length > 1 ? "," : string.Empty)
                .Append(System.Globalization.CultureInfo.InvariantCulture, $"\"{value.Metric}\":{value.Value:R}");
            if (text.Length > DeviceMessage.ExcerptCharsMax)
            {
                break;
            }
        }

        return text.Append('}').ToString();
    }

    /// <summary>The body as JSON; null when it is none, or when an escape in it makes half a surrogate pair: such a string is no text.</summary>
    internal static JsonDocument? Parse(string? body)
    {
        try
        {
            return body is null || HasHalfPair(body) ? null : JsonDocument.Parse(body);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    internal static Refusal NoObject() => new(RefusalCode.WrongShape, string.Empty, "The payload is no JSON object.", "Send one object.");

    private static bool HasHalfPair(string json)
    {
        for (var i = json.IndexOf('\\', StringComparison.Ordinal); i >= 0 && i + 1 < json.Length; i = json.IndexOf('\\', i + 2))
        {
            var unit = Escaped(json, i);
            if (char.IsLowSurrogate(unit))
            {
                return true;
            }

            if (char.IsHighSurrogate(unit))
            {
                i += "\\uD800".Length;
                if (!char.IsLowSurrogate(Escaped(json, i)))
                {
                    return true;
                }

                i += "uDC00".Length - 1;
            }
        }

        return false;
    }

    /// <summary>The unit that a <c>\u</c> escape at a place stands for; a blank for anything else.</summary>
    private static char Escaped(string json, int at) => at + 6 <= json.Length
        && json[at] == '\\'
        && json[at + 1] == 'u'
        && ushort.TryParse(json.AsSpan(at + 2, 4), System.Globalization.NumberStyles.AllowHexSpecifier, System.Globalization.CultureInfo.InvariantCulture, out var unit)
            ? (char)unit
            : ' ';

    private static bool? Word(JsonElement element) => element.ValueKind != JsonValueKind.String
        ? null
        : element.GetString() switch { "online" => true, "offline" => false, _ => null };
}
