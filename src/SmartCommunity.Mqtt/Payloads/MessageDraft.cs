using SmartCommunity.Domain.Refusals;
using SmartCommunity.Domain.Twins;

namespace SmartCommunity.Mqtt.Payloads;

/// <summary>A telemetry message while a form that is no flat JSON gathers it.</summary>
internal sealed class MessageDraft
{
    private readonly List<MetricValue> values = [];

    public string? MessageId { get; set; }

    public long? Sequence { get; set; }

    public long? AtMs { get; set; }

    /// <summary>The first thing that is wrong; later ones do not replace it.</summary>
    public Refusal? Fault { get; private set; }

    public void Refuse(Refusal fault) => Fault ??= fault;

    /// <summary>Takes a value by the rules that hold in every form: finite, in range, a metric once, at most <see cref="TelemetryReader.ValuesMax"/>.</summary>
    /// <param name="field">Where the value stands, for a refusal.</param>
    public void Put(in DecodeTarget target, int metricIndex, double value, string field)
    {
        var metric = target.Metrics[metricIndex];
        if (!double.IsFinite(value))
        {
            Refuse(Faults.NotNumber(metric.Name) with { Field = field });
        }
        else if (value < metric.Min || value > metric.Max)
        {
            Refuse(Faults.OutOfRange(metric.Name, metric.Min, metric.Max, metric.Unit) with { Field = field });
        }
        else if (values.Exists(v => ReferenceEquals(v.Metric, metric.Name)))
        {
            Refuse(Faults.Twice(field));
        }
        else if (values.Count == TelemetryReader.ValuesMax)
        {
            Refuse(Faults.Shape(field, $"A message holds at most {TelemetryReader.ValuesMax} values."));
        }
        else
        {
            values.Add(new MetricValue(metric.Name, value));
        }
    }

    /// <summary>The values so far, in the order in which they came.</summary>
    public IReadOnlyList<MetricValue> Values => values;

    /// <param name="excerpt">What is kept of it when it is refused.</param>
    public DeviceMessage ToMessage(in DecodeTarget target, ulong fingerprint, string excerpt)
    {
        if (values.Count == 0)
        {
            Refuse(Faults.Shape("values", "A message must hold at least one value."));
        }

        return new()
        {
            Device = target.Device,
            Kind = target.Kind,
            MessageId = target.OuterId ?? MessageId,
            Sequence = Sequence,
            AtMs = AtMs ?? target.OuterAtMs,
            ReceivedMs = target.ReceivedMs,
            Values = Fault is null ? [.. values] : [],
            Body = Fault is null ? null : excerpt,
            Fingerprint = fingerprint,
            Rejected = Fault,
        };
    }

    /// <summary>A payload that is only good for quarantine, kept as hexadecimal digits since it is no text.</summary>
    public static DeviceMessage Reject(ReadOnlySpan<byte> payload, in DecodeTarget target, Refusal reason) =>
        FlatJson.Reject(payload, target, reason, default) with { Body = Hex(payload) };

    /// <summary>The first bytes as hexadecimal digits.</summary>
    public static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes[..Math.Min(bytes.Length, DeviceMessage.ExcerptCharsMax / 2)]);
}
