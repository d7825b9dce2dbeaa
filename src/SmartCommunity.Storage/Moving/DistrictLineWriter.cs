using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace SmartCommunity.Storage.Moving;

/// <summary>Writes lines with their chained sums; see <see cref="DistrictLines"/>.</summary>
internal sealed class DistrictLineWriter(Stream to)
{
    private const int FlushBytes = 64 << 10;

    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ArrayBufferWriter<byte> _waiting = new(FlushBytes * 2);
    private readonly ArrayBufferWriter<byte> _line = new();
    private string _sum = string.Empty;

    public long Count { get; private set; }

    public void Write(Action<Utf8JsonWriter> content)
    {
        _line.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(_line, Relaxed))
        {
            json.WriteStartArray();
            content(json);
            json.WriteEndArray();
        }

        if (_line.WrittenCount > DistrictLines.LineBytesMax - DistrictLines.TailBytes)
        {
            throw new StoreUnavailableException($"Row {Count + 1} of the district has {_line.WrittenCount:N0} bytes as text, more than a line may have: keep the district as a backup instead.");
        }

        // The sum goes in before the closing bracket.
        var body = _line.WrittenSpan[..^1];
        _sum = DistrictLines.Sum(_sum, body);
        _waiting.Write(body);
        _waiting.Write(Encoding.ASCII.GetBytes($",\"{_sum}\"]\n"));
        Count++;
        if (_waiting.WrittenCount >= FlushBytes)
        {
            Flush();
        }
    }

    public void Flush()
    {
        to.Write(_waiting.WrittenSpan);
        _waiting.ResetWrittenCount();
    }
}
