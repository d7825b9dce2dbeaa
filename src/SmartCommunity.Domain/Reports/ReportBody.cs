using System.Globalization;
using System.Text.Json;
using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.Cells;
using SmartCommunity.Domain.Commands;
using SmartCommunity.Domain.Districts;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Domain.Twins;

namespace SmartCommunity.Domain.Reports;

/// <summary>
/// Reads the payload of a report: <c>id, ts, class, text, at {cell | lon, lat, place}, reporter {name, phone}, channel, evidence [{uri, sha256}]</c> and
/// an optional <c>closedAt</c> of an imported case.
/// </summary>
internal static class ReportBody
{
    private const int ClassCharsMax = 40;
    private const int ChannelCharsMax = 40;

    /// <param name="id">The message's id; the report's is <c>{device}:{id}</c>.</param>
    /// <param name="receivedMs">Record time; it stands for the event time when none was told.</param>
    public static Outcome<Report> Decode(in DeviceMessage message, string id, AreaCode district, IPlaces places, long receivedMs)
    {
        using var json = MessageBody.Parse(message.Body);
        if (json is null || json.RootElement.ValueKind != JsonValueKind.Object)
        {
            return MessageBody.NoObject();
        }

        var root = json.RootElement;
        var reader = new FieldReader();
        var text = reader.Text(root, "text", Limits.ReportTextCharsMax);
        var classCode = reader.Text(root, "class", ClassCharsMax);
        var channel = reader.Text(root, "channel", ChannelCharsMax);
        var at = DateTimeOffset.FromUnixTimeMilliseconds(message.AtMs ?? receivedMs);
        var (location, cell, place) = Place(reader, root, district, places);
        var reporter = Reporter(reader, root);
        var evidence = EvidenceOf(reader, root);
        if (text.Length == 0 && classCode.Length == 0)
        {
            reader.Refuse(new(RefusalCode.Missing, "text", "The report has neither a text nor a class.", "Say what was seen."));
        }

        ClosedBeforeCreated(reader, root, at);
        return reader.Refusal is { } refusal
            ? refusal
            : new Report(
                $"{message.Device}:{id}", message.Device, classCode, text, channel, location, cell, reporter, evidence, at, DateTimeOffset.FromUnixTimeMilliseconds(receivedMs), place);
    }

    /// <summary>Where it was. A cell that does not exist, or a point outside all cells, leaves the place unknown; nothing is guessed.</summary>
    private static (GeoPoint? Location, AreaCode? Cell, string Place) Place(FieldReader reader, JsonElement root, AreaCode district, IPlaces places)
    {
        if (!root.TryGetProperty("at", out var at) || at.ValueKind == JsonValueKind.Null)
        {
            return (null, null, string.Empty);
        }

        if (at.ValueKind != JsonValueKind.Object)
        {
            reader.Refuse(new(RefusalCode.WrongShape, "at", "The place is an object.", "Send {\"cell\":…} or {\"lon\":…,\"lat\":…}, or leave it out."));
            return default;
        }

        var place = reader.Text(at, "place", Limits.AddressCharsMax, "at.");
        var named = reader.Text(at, "cell", Limits.AddressCharsMax, "at.");
        GeoPoint? location = null;
        if (at.TryGetProperty("lon", out var lon) && at.TryGetProperty("lat", out var lat))
        {
            if (lon.ValueKind != JsonValueKind.Number || lat.ValueKind != JsonValueKind.Number
                || !lon.TryGetDouble(out var x) || !lat.TryGetDouble(out var y) || !GeoCheck.IsValid(new(x, y)))
            {
                reader.Refuse(new(RefusalCode.BadGeometry, "at.lon", "lon and lat are degrees, WGS-84.", "Leave the place out when it is unknown."));
                return default;
            }

            location = new(x, y);
        }

        var known = AreaCode.TryParse(named, out var code) && district.Contains(code) && code.Level >= AreaLevel.Community && places.Knows(code);
        AreaCode? cell = known ? code : location is { } point ? places.Locate(point) : null;
        return (location, cell, place.Length > 0 || known ? place : named);
    }

    private static Reporter? Reporter(FieldReader reader, JsonElement root)
    {
        if (!root.TryGetProperty("reporter", out var who) || who.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        var name = reader.Text(who, "name", Limits.NameCharsMax, "reporter.");
        var phone = reader.Text(who, "phone", Limits.NameCharsMax, "reporter.");
        return name.Length + phone.Length == 0 ? null : new(name, phone);
    }

    private static Evidence[] EvidenceOf(FieldReader reader, JsonElement root)
    {
        if (!root.TryGetProperty("evidence", out var list) || list.ValueKind == JsonValueKind.Null)
        {
            return [];
        }

        if (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() > Limits.ReportEvidenceMax)
        {
            reader.Refuse(new(RefusalCode.WrongShape, "evidence", $"Evidence is a list of at most {Limits.ReportEvidenceMax} links.", "Send fewer."));
            return [];
        }

        var evidence = new List<Evidence>();
        foreach (var item in list.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Object)
            {
                reader.Refuse(new(RefusalCode.WrongShape, "evidence", "Each piece of evidence is an object.", "Send {\"uri\":…,\"sha256\":…}."));
                break;
            }

            var uri = reader.Text(item, "uri", Limits.EvidenceUriCharsMax, "evidence.");
            var hash = reader.Text(item, "sha256", Limits.NameCharsMax, "evidence.");
            reader.Refuse(hash.Length == 0 ? null : HashText.Judge(hash, "evidence.sha256"));
            evidence.Add(new(uri, hash));
        }

        return [.. evidence];
    }

    private static void ClosedBeforeCreated(FieldReader reader, JsonElement root, DateTimeOffset at)
    {
        if (!root.TryGetProperty("closedAt", out var closed) || closed.ValueKind == JsonValueKind.Null)
        {
            return;
        }

        DateTimeOffset? closedAt = closed.ValueKind switch
        {
            JsonValueKind.Number when closed.TryGetInt64(out var ms) && Math.Abs(ms) < 253_402_300_799_999 && ms > -62_135_596_800_000 =>
                DateTimeOffset.FromUnixTimeMilliseconds(ms),
            JsonValueKind.String when DateTimeOffset.TryParse(closed.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var parsed) => parsed,
            _ => null,
        };
        if (closedAt is null || closedAt < at)
        {
            reader.Refuse(new(
                RefusalCode.BadTime,
                "closedAt",
                closedAt is null ? "closedAt is no time." : string.Create(CultureInfo.InvariantCulture, $"The report was closed ({closedAt:O}) before it was made ({at:O})."),
                "Correct the times at the source and send it again."));
        }
    }

    /// <summary>Reads fields and keeps the first refusal.</summary>
    private sealed class FieldReader
    {
        public Refusal? Refusal { get; private set; }

        public void Refuse(Refusal? refusal) => Refusal ??= refusal;

        /// <summary>The text of a field; empty when it is missing.</summary>
        public string Text(JsonElement parent, string name, int charsMax, string path = "")
        {
            if (!parent.TryGetProperty(name, out var field) || field.ValueKind == JsonValueKind.Null)
            {
                return string.Empty;
            }

            if (field.ValueKind != JsonValueKind.String)
            {
                Refuse(new(RefusalCode.WrongShape, path + name, "The field is a text.", "Put it in quotes."));
                return string.Empty;
            }

            var text = field.GetString() ?? string.Empty;
            Refuse(Check.Text(text, path + name, charsMax, required: false));
            return text;
        }
    }
}
