using SmartCommunity.Domain.Commands;
using SmartCommunity.Domain.Refusals;

namespace SmartCommunity.Domain.Devices;

/// <summary>What a profile's decoder must be. Fields may share bytes: flags of one byte are several metrics.</summary>
internal static class DecoderCheck
{
    private const int ByteMax = 255;

    /// <param name="metrics">The names of the profile's metrics.</param>
    public static Refusal? Judge(PayloadDecoder decoder, IReadOnlySet<string> metrics)
    {
        var layouts = decoder.Layouts;
        if (layouts is not { Length: > 0 })
        {
            return new(RefusalCode.Missing, "decoder.layouts", "A decoder has at least one layout.", "Describe a layout, or leave the decoder out.");
        }

        var refusal = Check.Count(layouts.Length, Limits.DecoderLayoutsMax, "decoder.layouts");
        for (var i = 0; i < layouts.Length && refusal is null; i++)
        {
            var field = $"decoder.layouts[{i}]";
            refusal = Judge(layouts[i], field, metrics) ?? JudgeReach(layouts.AsSpan(0, i), layouts[i], field);
        }

        return refusal;
    }

    private static Refusal? Judge(DecoderLayout layout, string at, IReadOnlySet<string> metrics)
    {
        if (layout.Fields is not { Length: > 0 })
        {
            return new(RefusalCode.Missing, at + ".fields", "A layout has at least one field.", "Add a field, or leave the layout out.");
        }

        var refusal = (layout.FirstByte is { } first ? Check.Range(first, 0, ByteMax, at + ".first_byte") : null)
            ?? Check.Range(layout.LengthBytes, 0, Limits.DecoderBytesMax, at + ".length_bytes")
            ?? Check.Count(layout.Fields.Length, Limits.DecoderFieldsMax, at + ".fields");
        var named = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < layout.Fields.Length && refusal is null; i++)
        {
            refusal = Judge(layout.Fields[i], $"{at}.fields[{i}]", layout.LengthBytes, metrics, named);
        }

        return refusal;
    }

    /// <summary>A layout that an earlier one always wins over would never be used.</summary>
    private static Refusal? JudgeReach(ReadOnlySpan<DecoderLayout> earlier, DecoderLayout layout, string at)
    {
        foreach (var other in earlier)
        {
            if ((other.FirstByte is null || other.FirstByte == layout.FirstByte) && other.LengthBytes == layout.LengthBytes)
            {
                return new(
                    RefusalCode.AlreadyExists,
                    at,
                    "An earlier layout takes the same payloads.",
                    "Give each layout its own first_byte or length_bytes; one without first_byte stands last.");
            }
        }

        return null;
    }

    private static Refusal? Judge(DecoderField field, string at, int lengthBytes, IReadOnlySet<string> metrics, HashSet<string> named)
    {
        if (!metrics.Contains(field.Metric ?? string.Empty))
        {
            return new(RefusalCode.UnknownMetric, at + ".metric", $"The profile has no metric '{field.Metric}'.", "Add the metric to the profile, or correct the name.");
        }

        if (!named.Add(field.Metric!))
        {
            return new(RefusalCode.AlreadyExists, at + ".metric", $"{field.Metric} stands in this layout twice.", "Leave one of them out.");
        }

        if (!RawType.TryParse(field.Type, out var type))
        {
            return new(RefusalCode.Malformed, at + ".type", $"A type is one of {RawType.Names}.", "Write for example u16be.");
        }

        var end = lengthBytes == 0 ? Limits.DecoderBytesMax : lengthBytes;
        if (field.Offset < 0 || field.Offset > end - type.Bytes)
        {
            return new(
                RefusalCode.OutOfRange, at + ".offset", $"{type.Bytes} bytes at {field.Offset} do not fit into {end} bytes.", "Correct the offset, the type or length_bytes.");
        }

        return JudgeBits(field, type, at) ?? JudgeNumbers(field, at);
    }

    private static Refusal? JudgeBits(DecoderField field, RawType type, string at)
    {
        if (field is { BitOffset: 0, BitLength: 0 })
        {
            return null;
        }

        if (!type.IsUnsigned)
        {
            return new(RefusalCode.WrongShape, at + ".bit_offset", "Bits are taken from unsigned types only.", "Use a type that begins with u.");
        }

        var bits = 8 * type.Bytes;
        return field.BitOffset >= 0 && field.BitLength >= 0 && field.BitOffset < bits && field.BitLength <= bits - field.BitOffset
            ? null
            : new(RefusalCode.OutOfRange, at + ".bit_length", $"The bits must lie in the {bits} bits of the type.", "Count bits from the least significant one, from 0.");
    }

    private static Refusal? JudgeNumbers(DecoderField field, string at)
    {
        if (!double.IsFinite(field.Scale) || field.Scale == 0)
        {
            return new(RefusalCode.OutOfRange, at + ".scale", "The scale is finite and not 0.", "Leave it out for 1.");
        }

        if (!double.IsFinite(field.Add))
        {
            return new(RefusalCode.OutOfRange, at + ".add", "What is added is finite.", "Leave it out for 0.");
        }

        return Check.Count(field.Invalid.Length, Limits.DecoderInvalidMax, at + ".invalid")
            ?? (field.Invalid.All(double.IsFinite) ? null : new(RefusalCode.OutOfRange, at + ".invalid", "Such values are finite.", "A NaN is left out anyway."));
    }
}
