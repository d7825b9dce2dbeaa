using System.Buffers;
using System.Globalization;
using System.Text.Json;
using SmartCommunity.Cli.Files;

namespace SmartCommunity.Cli.Mappings;

/// <summary>What to create when a device of a file is missing.</summary>
internal sealed record DeviceWanted(string Id, string Name, string Mount);

/// <summary>One row as a message of a device. <paramref name="Kind"/> is the last segment of the topic.</summary>
internal sealed record MappedMessage(DeviceWanted Device, string Kind, string MessageId, byte[] Payload, int Row);

/// <summary>
/// Turns rows into messages. A field that cannot be sent as what it should be (a number that is none) is sent as the text it is, so that the
/// server quarantines the message with its reason and the counts stay whole: nothing is dropped on the way.
/// </summary>
internal sealed class RowMapper
{
    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly MappingFile mapping;
    private readonly string district;
    private readonly EventClock clock;
    private readonly EventClock? closed;
    private readonly Template id;
    private readonly Template device;
    private readonly Template deviceName;
    private readonly Template mount;
    private readonly Template? text;
    private readonly Template? place;
    private readonly Dictionary<string, DeviceWanted> devices = new(StringComparer.Ordinal);

    public RowMapper(MappingFile mapping, string district, string? mountOverride = null)
    {
        this.mapping = mapping;
        this.district = district;
        clock = new(mapping.Time);
        closed = mapping.Reports?.ClosedAt is { } closedAt ? new(closedAt) : null;
        id = Parse(mapping.MessageId, "messageId");
        device = Parse(mapping.Device.Id, "device.id");
        deviceName = Parse(mapping.Device.Name, "device.name");
        mount = Parse(mountOverride ?? mapping.Device.Mount, "device.mount");
        text = mapping.Reports is null ? null : Parse(mapping.Reports.Text, "reports.text");
        place = mapping.Reports?.Place is { } placeText ? Parse(placeText, "reports.place") : null;
    }

    /// <summary>The columns the file must have.</summary>
    public IEnumerable<string> Columns => new[] { id, device, deviceName, mount, text, place }
        .Where(t => t is not null)
        .SelectMany(t => t!.Columns)
        .Append(mapping.Time.Column)
        .Concat(mapping.Readings?.Values.Values ?? [])
        .Concat(mapping.Reports is { } r ? new[] { r.ClassColumn, r.LonColumn, r.LatColumn, r.ClosedAt?.Column }.OfType<string>() : [])
        .Distinct(StringComparer.Ordinal);

    public MappedMessage Map(TableRow row)
    {
        var deviceId = device.Fill(row, district);
        if (!devices.TryGetValue(deviceId, out var wanted))
        {
            wanted = new(deviceId, deviceName.Fill(row, district), mount.Fill(row, district));
            devices.Add(deviceId, wanted);
        }

        var messageId = id.Fill(row, district);
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer, WriterOptions))
        {
            writer.WriteStartObject();
            writer.WriteString("id", messageId);
            WriteTime(writer, "ts", clock, row);
            if (mapping.Readings is not null)
            {
                WriteValues(writer, mapping.Readings, row);
            }
            else
            {
                WriteReport(writer, mapping.Reports!, row);
            }

            writer.WriteEndObject();
        }

        return new(wanted, mapping.Readings is not null ? "telemetry" : "report", messageId, buffer.WrittenSpan.ToArray(), row.Number);
    }

    private static void WriteTime(Utf8JsonWriter writer, string name, EventClock clock, TableRow row)
    {
        if (clock.Read(row) is { } instant)
        {
            writer.WriteNumber(name, instant);
        }
        else
        {
            writer.WriteString(name, row[clock.Column]);
        }
    }

    private static void WriteValues(Utf8JsonWriter writer, ReadingsMapping readings, TableRow row)
    {
        writer.WriteStartObject("values");
        foreach (var (metric, column) in readings.Values)
        {
            if (row[column].Length > 0)
            {
                WriteNumber(writer, metric, row[column]);
            }
        }

        writer.WriteEndObject();
    }

    private void WriteReport(Utf8JsonWriter writer, ReportsMapping report, TableRow row)
    {
        writer.WriteString("class", report.Classes.TryGetValue(row[report.ClassColumn], out var code) ? code : report.ClassElse);
        writer.WriteString("text", text!.Fill(row, district));
        WritePlace(writer, report, row);
        writer.WriteString("channel", report.Channel);
        if (closed is not null && row[closed.Column].Length > 0)
        {
            WriteTime(writer, "closedAt", closed, row);
        }
    }

    /// <summary>What is known of the place; nothing when nothing is.</summary>
    private void WritePlace(Utf8JsonWriter writer, ReportsMapping report, TableRow row)
    {
        var name = place?.Fill(row, district) ?? "";
        var hasPoint = report is { LonColumn: { } lon, LatColumn: { } lat } && row[lon].Length > 0 && row[lat].Length > 0;
        if (name.Length == 0 && !hasPoint)
        {
            return;
        }

        writer.WriteStartObject("at");
        if (name.Length > 0)
        {
            writer.WriteString("place", name);
        }

        if (hasPoint)
        {
            WriteNumber(writer, "lon", row[report.LonColumn!]);
            WriteNumber(writer, "lat", row[report.LatColumn!]);
        }

        writer.WriteEndObject();
    }

    private static void WriteNumber(Utf8JsonWriter writer, string name, string text)
    {
        if (double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var value)
            && double.IsFinite(value))
        {
            writer.WriteNumber(name, value);
        }
        else
        {
            writer.WriteString(name, text);
        }
    }

    private static Template Parse(string text, string property) => Template.TryParse(text)
        ?? throw CliFailure.Usage($"A brace is left open in {property} of the mapping.", "Write {column}, or {{ for a brace.");
}
