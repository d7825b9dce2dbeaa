using SmartCommunity.Domain.Devices;

namespace SmartCommunity.Grpc.Profiles;

/// <summary>Decoder tables; the domain judges them with the profile.</summary>
internal static class DecoderMapping
{
    public static V1.Decoder ToProto(PayloadDecoder decoder)
    {
        var message = new V1.Decoder();
        foreach (var layout in decoder.Layouts)
        {
            var mapped = new V1.DecoderLayout { LengthBytes = layout.LengthBytes, Fields = { layout.Fields.Select(ToProto) } };
            if (layout.FirstByte is { } first)
            {
                mapped.FirstByte = first;
            }

            message.Layouts.Add(mapped);
        }

        return message;
    }

    public static PayloadDecoder ToDomain(V1.Decoder decoder) => new(
        [.. decoder.Layouts.Select(l => new DecoderLayout(l.HasFirstByte ? l.FirstByte : null, l.LengthBytes, [.. l.Fields.Select(ToDomain)]))]);

    private static V1.DecoderField ToProto(DecoderField field) => new()
    {
        Metric = field.Metric,
        Offset = field.Offset,
        Type = field.Type,
        BitOffset = field.BitOffset,
        BitLength = field.BitLength,
        Scale = field.Scale,
        Add = field.Add,
        Invalid = { field.Invalid },
    };

    private static DecoderField ToDomain(V1.DecoderField field) => new(
        field.Metric, field.Offset, field.Type, field.BitOffset, field.BitLength, field.Scale == 0 ? 1 : field.Scale, field.Add, [.. field.Invalid]);
}
