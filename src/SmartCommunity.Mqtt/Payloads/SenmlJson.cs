using System.Text;
using System.Text.Json;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Domain.Twins;

namespace SmartCommunity.Mqtt.Payloads;

/// <summary>
/// SenML in JSON (RFC 8428). Records are resolved and gathered by their time: one message a time, in the order in which the times first come. A pack
/// speaks of one device; the part of a name behind the device's is the metric.
/// </summary>
internal static class SenmlJson
{
    /// <summary>The version of RFC 8428; packs of later ones are refused, as it asks.</summary>
    private const double VersionMax = 10;

    private static readonly JsonReaderOptions Options = new() { MaxDepth = FlatJson.TelemetryDepthMax };

    public static bool Claims(ReadOnlySpan<byte> payload, in DecodeTarget target, Refusal fault)
    {
        var reader = new Utf8JsonReader(payload, Options);
        try
        {
            if (target.Kind != MessageKind.Telemetry
                || !(reader.Read() && reader.TokenType == JsonTokenType.StartArray && reader.Read() && reader.TokenType == JsonTokenType.StartObject))
            {
                return false;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("n"u8) || reader.ValueTextEquals("bn"u8) || reader.ValueTextEquals("bver"u8)
                    || reader.ValueTextEquals("bt"u8) || reader.ValueTextEquals("bu"u8))
                {
                    return true;
                }

                reader.Skip();
            }

            return false;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    public static void Decode(ReadOnlySpan<byte> payload, in DecodeTarget target, MessageBuffer into)
    {
        var fault = target.Kind == MessageKind.Telemetry ? FlatJson.FirstFault(payload, MessageKind.Telemetry) : Faults.TelemetryOnly;
        var pack = new SenmlPack(target);
        var reader = new Utf8JsonReader(payload, Options);
        if (fault is null && reader.Read() && reader.TokenType != JsonTokenType.StartArray)
        {
            fault = Faults.Shape(string.Empty, "A SenML pack is an array of records.");
        }

        for (var index = 0; fault is null && reader.Read() && reader.TokenType != JsonTokenType.EndArray; index++)
        {
            fault = reader.TokenType == JsonTokenType.StartObject
                ? pack.Take(SenmlRecord.Read(ref reader), target)
                : Faults.Shape(string.Empty, "A SenML record is an object.");
            fault = fault is null ? null : Faults.Within($"[{index}]", fault) with { WayOut = fault.WayOut };
        }

        if (fault is null && pack.Count == 0)
        {
            fault = Faults.Shape(string.Empty, "A SenML pack must hold at least one value.");
        }

        if (fault is not null)
        {
            into.Add(FlatJson.Reject(payload, target, fault, default));
            return;
        }

        pack.Write(target, FlatJson.ExcerptOf(payload), into);
    }

    /// <summary>A pack while its records come.</summary>
    private sealed class SenmlPack(DecodeTarget target)
    {
        /// <summary>RFC 8428, 4.5.3: smaller times are relative to now.</summary>
        private const double RelativeBelow = 1 << 28;

        private readonly List<MessageDraft> messages = [];
        private readonly Dictionary<long, MessageDraft> byTime = [];
        private readonly long nowMs = target.ReceivedMs;
        private string baseName = string.Empty;
        private string? baseUnit;
        private double baseTime;
        private double baseValue;
        private string? device;
        private int records;

        public int Count => messages.Count;

        /// <summary>Takes a record in. Answers what makes the whole pack unreadable; what is wrong with one value stays with its message.</summary>
        public Refusal? Take(SenmlRecord record, in DecodeTarget target)
        {
            if (record.Fault is not null)
            {
                return record.Fault;
            }

            if (record.Number("bver") > VersionMax)
            {
                return Faults.Shape("bver", $"SenML is read up to version {VersionMax}.");
            }

            var at = $"[{records++}]";
            baseName = record.Text("bn") ?? baseName;
            baseUnit = record.Text("bu") ?? baseUnit;
            baseTime = record.Number("bt") ?? baseTime;
            baseValue = record.Number("bv") ?? baseValue;
            if (record.Number("v") is null && record.Bool is null)
            {
                // A record that only sets the base for those behind it.
                return record.Text("n") is null ? null : Faults.Shape("v", "A record with a name has a value: v or vb.");
            }

            if (record.Number("v") is not null && record.Bool is not null)
            {
                return Faults.Shape("vb", "A record has one value.");
            }

            return Find(record, target, out var metric, out var name) ?? Put(record, target, metric, name, at);
        }

        public void Write(in DecodeTarget target, string excerpt, MessageBuffer into)
        {
            foreach (var message in messages)
            {
                into.Add(message.ToMessage(target, FingerprintOf(message), excerpt));
            }
        }

        /// <summary>Content only: the same values in another order of records are other content, another spelling of a number is not.</summary>
        private static ulong FingerprintOf(MessageDraft message) => FlatJson.FingerprintOf(Encoding.UTF8.GetBytes(MessageText(message)));

        private static string MessageText(MessageDraft message) => string.Join(
            ';', message.Values.Select(v => FormattableString.Invariant($"{v.Metric}={v.Value:R}")));

        private Refusal? Find(SenmlRecord record, in DecodeTarget target, out int metric, out string name)
        {
            var own = record.Text("n") ?? string.Empty;
            var full = baseName + own;
            name = own;
            metric = own.Length == 0 ? -1 : target.Metrics.IndexOf(Encoding.UTF8.GetBytes(own));
            if (metric < 0)
            {
                name = full[(full.LastIndexOfAny(Separators) + 1)..];
                metric = target.Metrics.IndexOf(Encoding.UTF8.GetBytes(name));
            }

            if (full.Length == 0 || !char.IsAsciiLetterOrDigit(full[0]) || full.AsSpan().ContainsAnyExcept(NameChars))
            {
                return Faults.Shape("n", "A name (bn and n together) has characters of A-Z a-z 0-9 - : . / _ and begins with a letter or digit.");
            }

            var speaker = full[..^name.Length];
            device ??= speaker;
            return device == speaker
                ? null
                : Faults.Shape("bn", "A pack speaks of one device: the names of all records begin alike.") with { WayOut = "Send a pack for each device." };
        }

        private Refusal? Put(SenmlRecord record, in DecodeTarget target, int metric, string name, string at)
        {
            if (TimeOf(record, out var atMs) is { } fault)
            {
                return fault;
            }

            if (!byTime.TryGetValue(atMs ?? long.MinValue, out var message))
            {
                if (messages.Count == FlatJson.MessagesMax)
                {
                    return Faults.TooMany(FlatJson.MessagesMax);
                }

                messages.Add(byTime[atMs ?? long.MinValue] = message = new MessageDraft { AtMs = atMs });
            }

            if (metric < 0)
            {
                message.Refuse(Faults.UnknownMetric(name, target.Profile) with { Field = at + ".n" });
                return null;
            }

            if ((record.Text("u") ?? baseUnit) is { } unit && !SenmlUnits.AreSame(unit, target.Metrics[metric].Unit))
            {
                message.Refuse(Faults.Shape(
                    at + (record.Text("u") is null ? ".bu" : ".u"),
                    $"The profile has {target.Metrics[metric].Name} in {target.Metrics[metric].Unit}, not in {Faults.Cut(unit)}.") with
                {
                    WayOut = "Send the value in the profile's unit, or correct the profile.",
                });
            }

            var value = record.Bool is { } flag ? (flag ? 1 : 0) : record.Number("v")!.Value + baseValue;
            message.Put(target, metric, value, at + (record.Bool is null ? ".v" : ".vb"));
            return null;
        }

        private Refusal? TimeOf(SenmlRecord record, out long? atMs)
        {
            var seconds = baseTime + (record.Number("t") ?? 0);
            atMs = null;
            if (seconds == 0)
            {
                return null;
            }

            var ms = Math.Round(seconds * 1000) + (seconds < RelativeBelow ? nowMs : 0);
            if (!(ms is >= 0 and <= Envelope.AtMsMax))
            {
                return Faults.BadTime("The time (bt and t together) must lie between 1970 and the end of year 9999.") with { Field = record.Number("t") is null ? "bt" : "t" };
            }

            atMs = (long)ms;
            return null;
        }

        private static readonly char[] Separators = ['/', ':', '.', '-'];

        private static readonly System.Buffers.SearchValues<char> NameChars =
            System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-:./_");
    }
}
