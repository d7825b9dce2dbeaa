using System.Runtime.CompilerServices;
using System.Text;
using SmartCommunity.Domain.Devices;

namespace SmartCommunity.Mqtt.Payloads;

/// <summary>A profile's decoder made ready to read with. Made once a profile.</summary>
internal sealed class DecoderTable
{
    private static readonly ConditionalWeakTable<DeviceProfile, DecoderTable> Known = [];

    private readonly Layout[] layouts;

    private DecoderTable(PayloadDecoder decoder, MetricLookup metrics) => layouts = [.. decoder.Layouts.Select(l => new Layout(l, metrics))];

    public static DecoderTable? Of(DeviceProfile profile) =>
        profile.Decoder is null ? null : Known.GetValue(profile, static p => new DecoderTable(p.Decoder!, MetricLookup.Of(p)));

    /// <summary>The first layout that takes the payload; null when none does.</summary>
    public Layout? For(ReadOnlySpan<byte> payload)
    {
        foreach (var layout in layouts)
        {
            if (layout.Takes(payload))
            {
                return layout;
            }
        }

        return null;
    }

    /// <summary>The layouts as a sentence for refusals.</summary>
    public override string ToString() => string.Join(", or ", layouts.Select(l => l.ToString()));

    internal sealed class Layout
    {
        private readonly int? firstByte;
        private readonly int lengthBytes;
        private readonly int bytesMin;

        public Layout(DecoderLayout layout, MetricLookup metrics)
        {
            firstByte = layout.FirstByte;
            lengthBytes = layout.LengthBytes;
            Fields = [.. layout.Fields.Select(f => new Field(f, metrics))];
            bytesMin = Fields.Max(f => f.Offset + f.Type.Bytes);
        }

        public Field[] Fields { get; }

        public bool Takes(ReadOnlySpan<byte> payload) =>
            (lengthBytes == 0 ? payload.Length >= bytesMin : payload.Length == lengthBytes) && (firstByte is null || payload[0] == firstByte);

        public override string ToString() =>
            (lengthBytes == 0 ? $"{bytesMin} bytes or more" : $"{lengthBytes} bytes") + (firstByte is { } first ? $" that begin with {first}" : string.Empty);
    }

    internal sealed class Field
    {
        private readonly DecoderField row;
        private readonly ulong mask;
        private readonly bool isWhole;

        public Field(DecoderField row, MetricLookup metrics)
        {
            this.row = row;
            Type = RawType.TryParse(row.Type, out var type) ? type : throw new ArgumentException($"{row.Type} is no type.", nameof(row));
            MetricIndex = metrics.IndexOf(Encoding.UTF8.GetBytes(row.Metric));
            var bits = row.BitLength == 0 ? (8 * type.Bytes) - row.BitOffset : row.BitLength;
            mask = bits >= 64 ? ulong.MaxValue : (1UL << bits) - 1;
            isWhole = row is { BitOffset: 0, BitLength: 0 };
        }

        public RawType Type { get; }

        public int MetricIndex { get; }

        public int Offset => row.Offset;

        /// <summary>The value in a payload, or null when the device says that it has none.</summary>
        public double? Read(ReadOnlySpan<byte> payload)
        {
            var from = payload[Offset..];
            var raw = isWhole ? Type.Read(from) : (Type.Bits(from) >> row.BitOffset) & mask;
            return double.IsNaN(raw) || Array.IndexOf(row.Invalid, raw) >= 0 ? null : (raw * row.Scale) + row.Add;
        }
    }
}
