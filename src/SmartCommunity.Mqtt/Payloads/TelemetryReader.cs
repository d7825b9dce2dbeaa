using System.Text.Json;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Domain.Twins;

namespace SmartCommunity.Mqtt.Payloads;

/// <summary>Reads one telemetry object. Throws the reader's own exceptions when the text is not JSON.</summary>
internal static class TelemetryReader
{
    /// <summary>The most values of one message: a profile is far smaller.</summary>
    public const int ValuesMax = 256;

    [ThreadStatic]
    private static MetricValue[]? scratch;

    /// <param name="reader">Stands on the object's start; afterwards on its end.</param>
    public static DeviceMessage Read(ref Utf8JsonReader reader, ReadOnlySpan<byte> payload, in DecodeTarget target)
    {
        var start = (int)reader.TokenStartIndex;
        var envelope = default(Envelope);
        var values = new ValueCollector(scratch ??= new MetricValue[ValuesMax]);
        var hasValues = false;
        var hasPlain = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (envelope.TryTake(ref reader))
            {
                continue;
            }

            if (reader.ValueTextEquals("values"u8))
            {
                TakeValues(ref reader, target, ref values, ref envelope, ref hasValues);
            }
            else if (target.AllowsPlain)
            {
                hasPlain = true;
                values.Take(ref reader, target, ref envelope);
            }
            else
            {
                envelope.Refuse(Faults.Shape(Faults.Cut(reader.GetString()!), "A message has id, ts, seq and values, nothing else."));
                reader.Read();
                reader.Skip();
            }
        }

        if (hasValues && hasPlain)
        {
            envelope.Refuse(Faults.Shape("values", "Values stand either in values or in the object itself, not in both."));
        }

        if (values.Count == 0)
        {
            envelope.Refuse(Faults.Shape("values", "A message must hold at least one value."));
        }

        var element = payload[start..(int)reader.BytesConsumed];
        return envelope.Fault is { } fault
            ? FlatJson.Reject(element, target, fault, envelope)
            : envelope.ToMessage(target, element) with { Values = values.ToArray() };
    }

    private static void TakeValues(
        ref Utf8JsonReader reader,
        in DecodeTarget target,
        ref ValueCollector values,
        ref Envelope envelope,
        ref bool hasValues)
    {
        if (hasValues)
        {
            envelope.Refuse(Faults.Twice("values"));
        }

        hasValues = true;
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            envelope.Refuse(Faults.Shape("values", "values must be an object of metric names and numbers."));
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            values.Take(ref reader, target, ref envelope);
        }
    }

    private ref struct ValueCollector(Span<MetricValue> room)
    {
        private readonly Span<MetricValue> room = room;

        public int Count { get; private set; }

        /// <summary>Takes the property the reader stands on as a metric and its value.</summary>
        public void Take(ref Utf8JsonReader reader, in DecodeTarget target, ref Envelope envelope)
        {
            var index = target.Metrics.IndexOf(ref reader, Count);
            if (index < 0)
            {
                if (envelope.Fault is null)
                {
                    envelope.Refuse(Faults.UnknownMetric(reader.GetString()!, target.Profile));
                }

                reader.Read();
                reader.Skip();
                return;
            }

            var metric = target.Metrics[index];
            reader.Read();
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetDouble(out var value) || !double.IsFinite(value))
            {
                envelope.Refuse(Faults.NotNumber(metric.Name));
                reader.Skip();
                return;
            }

            if (value < metric.Min || value > metric.Max)
            {
                envelope.Refuse(Faults.OutOfRange(metric.Name, metric.Min, metric.Max, metric.Unit));
            }
            else if (Holds(metric.Name))
            {
                envelope.Refuse(Faults.Twice("values." + metric.Name));
            }
            else if (Count == room.Length)
            {
                envelope.Refuse(Faults.Shape("values", $"A message holds at most {ValuesMax} values."));
            }
            else
            {
                room[Count++] = new MetricValue(metric.Name, value);
            }
        }

        public readonly MetricValue[] ToArray() => room[..Count].ToArray();

        private readonly bool Holds(string name)
        {
            foreach (var known in room[..Count])
            {
                if (ReferenceEquals(known.Metric, name))
                {
                    return true;
                }
            }

            return false;
        }
    }
}
