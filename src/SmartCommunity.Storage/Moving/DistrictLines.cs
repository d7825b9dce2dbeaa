using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace SmartCommunity.Storage.Moving;

/// <summary>
/// A district as text, packed with gzip: one JSON array a line, <c>["table", column, …, "sum"]</c>. The first line is <c>["smartcommunity-district/1", district, position, sum]</c>, the
/// last one <c>["end", lines before it, state hash, sum]</c>. The sum of a line is the first 16 hex digits of SHA-256 over the sum before it and the line without its own, so a line that
/// is missing, added, changed or in another place is known by its number. It finds accidents; it is no signature.
/// </summary>
internal static class DistrictLines
{
    public const string Format = "smartcommunity-district/1";
    public const string End = "end";

    /// <summary>Twice the bytes of the largest append, for what JSON in JSON escapes.</summary>
    public const int LineBytesMax = 64 << 20;

    /// <summary><c>,"0123456789abcdef"]</c>.</summary>
    public const int TailBytes = 20;

    private const int SumBytes = 8;
    private const int FirstBufferBytes = 64 << 10;

    public static string Sum(string before, ReadOnlySpan<byte> line)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.ASCII.GetBytes(before));
        hash.AppendData(line);
        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, SumBytes));
    }

    /// <summary>The lines of a file, each checked against the ones before it. What is given is valid until the next one.</summary>
    /// <exception cref="DistrictFileException">A line is none, too long, or was altered.</exception>
    public static IEnumerable<DistrictLine> Read(string file)
    {
        using var packed = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, FirstBufferBytes, FileOptions.SequentialScan);
        using var text = new GZipStream(packed, CompressionMode.Decompress);
        var (sum, number) = (string.Empty, 0L);
        foreach (var line in Split(text))
        {
            number++;
            if (line.Length <= TailBytes)
            {
                throw new DistrictFileException(number, "it is too short to be one of an export; export the district again.");
            }

            sum = Sum(sum, line.Span[..^TailBytes]);
            if (!line.Span[^TailBytes..].SequenceEqual(Encoding.ASCII.GetBytes($",\"{sum}\"]")))
            {
                throw new DistrictFileException(number, "it was altered, or a line before it is missing, added or in another place; export the district again.");
            }

            using var json = Parse(line, number);
            yield return new(number, json.RootElement);
        }
    }

    private static JsonDocument Parse(ReadOnlyMemory<byte> line, long number)
    {
        JsonDocument? json = null;
        try
        {
            json = JsonDocument.Parse(line);
            if (json.RootElement.ValueKind == JsonValueKind.Array && json.RootElement.GetArrayLength() > 1 && json.RootElement[0].ValueKind == JsonValueKind.String)
            {
                return json;
            }
        }
        catch (JsonException cause)
        {
            throw NoArray(number, cause);
        }

        json.Dispose();
        throw NoArray(number, null);
    }

    private static DistrictFileException NoArray(long number, Exception? cause) =>
        new(number, "it is no JSON array that begins with a name; export the district again.", cause);

    private static IEnumerable<ReadOnlyMemory<byte>> Split(Stream text)
    {
        var buffer = new byte[FirstBufferBytes];
        var (start, end, number) = (0, 0, 1L);
        while (true)
        {
            var length = buffer.AsSpan(start, end - start).IndexOf((byte)'\n');
            if (length >= 0)
            {
                yield return buffer.AsMemory(start, length);
                start += length + 1;
                number++;
                continue;
            }

            buffer.AsSpan(start, end - start).CopyTo(buffer);
            (start, end) = (0, end - start);
            if (end == buffer.Length)
            {
                if (end >= LineBytesMax)
                {
                    throw new DistrictFileException(number, $"it has more than {LineBytesMax:N0} bytes; export the district again.");
                }

                Array.Resize(ref buffer, Math.Min(end * 2, LineBytesMax));
            }

            var read = ReadSome(text, buffer.AsMemory(end), number);
            if (read == 0)
            {
                if (end > 0)
                {
                    throw new DistrictFileException(number, "the file ends inside it; export the district again, or copy the file again.");
                }

                yield break;
            }

            end += read;
        }
    }

    private static int ReadSome(Stream text, Memory<byte> into, long number)
    {
        try
        {
            return text.Read(into.Span);
        }
        catch (Exception failure) when (failure is InvalidDataException or IOException)
        {
            throw new DistrictFileException(number, "the file cannot be unpacked from here on; export the district again, or copy the file again.", failure);
        }
    }
}

/// <param name="Number">Counted from 1.</param>
/// <param name="Cells">The array: name, columns, sum.</param>
internal readonly record struct DistrictLine(long Number, JsonElement Cells)
{
    public string Name => Cells[0].GetString()!;

    /// <summary>Columns of the row, without name and sum.</summary>
    public int Count => Cells.GetArrayLength() - 2;

    public JsonElement this[int column] => Cells[column + 1];

    public long Int64(int column) => this[column].ValueKind == JsonValueKind.Number && this[column].TryGetInt64(out var number)
        ? number
        : throw new DistrictFileException(Number, $"column {column + 1} is no whole number; export the district again.");

    public string Text(int column) => this[column].ValueKind == JsonValueKind.String
        ? this[column].GetString()!
        : throw new DistrictFileException(Number, $"column {column + 1} is no text; export the district again.");
}
