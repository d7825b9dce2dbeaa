using System.Text.Json;
using SmartCommunity.Domain.Refusals;

namespace SmartCommunity.Mqtt.Payloads;

/// <summary>One record of a SenML pack as it was sent (RFC 8428, 4): labels that are not there are null.</summary>
internal sealed class SenmlRecord
{
    private readonly HashSet<string> seen = new(StringComparer.Ordinal);
    private readonly Dictionary<string, double> numbers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> texts = new(StringComparer.Ordinal);

    /// <summary>The first thing that is wrong; its field is the label.</summary>
    public Refusal? Fault { get; private set; }

    public bool? Bool { get; private set; }

    public double? Number(string label) => numbers.TryGetValue(label, out var value) ? value : null;

    public string? Text(string label) => texts.GetValueOrDefault(label);

    /// <summary>Reads the object the reader stands on; afterwards it stands on its end.</summary>
    public static SenmlRecord Read(ref Utf8JsonReader reader)
    {
        var record = new SenmlRecord();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var label = reader.GetString()!;
            reader.Read();
            record.Take(label, ref reader);
            reader.Skip();
        }

        return record;
    }

    private void Take(string label, ref Utf8JsonReader reader)
    {
        if (!seen.Add(label))
        {
            Fault ??= Faults.Twice(Faults.Cut(label));
        }

        switch (label)
        {
            case "bn" or "bu" or "n" or "u":
                if (reader.TokenType == JsonTokenType.String)
                {
                    texts[label] = reader.GetString()!;
                }
                else
                {
                    Fault ??= Faults.Shape(label, "The label's value must be a text.");
                }

                break;
            case "bt" or "bv" or "bver" or "v" or "t" or "ut":
                if (reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out var number) && double.IsFinite(number))
                {
                    numbers[label] = number;
                }
                else
                {
                    Fault ??= Faults.Shape(label, "The label's value must be a number that fits a double.");
                }

                break;
            case "vb":
                Bool = reader.TokenType is JsonTokenType.True or JsonTokenType.False ? reader.TokenType == JsonTokenType.True : null;
                Fault ??= Bool is null ? Faults.Shape(label, "The label's value must be true or false.") : null;
                break;
            case "vs" or "vd" or "s" or "bs":
                Fault ??= Faults.Shape(label, "A metric takes numbers and booleans: no texts, data or sums.") with { WayOut = "Send v or vb." };
                break;
            default:
                // RFC 8428, 4.4: a label that ends with _ must be understood or the pack be refused; others are let pass.
                Fault ??= label.EndsWith('_') ? Faults.Shape(Faults.Cut(label), "The label must be understood, and it is not known here.") : null;
                break;
        }
    }
}
