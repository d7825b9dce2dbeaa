using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace SmartCommunity.Cli.Files;

/// <summary>The encodings a table file may have. There is no third: what a file is in is said, never guessed.</summary>
internal enum TextEncoding
{
    /// <summary>UTF-8, with or without a byte order mark.</summary>
    Utf8 = 0,

    /// <summary>GB18030, which contains GBK and GB2312: what a Chinese spreadsheet calls CSV.</summary>
    Gb18030 = 1,
}

/// <summary>Reads a whole text file in the encoding it is said to be in. A byte that does not belong to it is refused with its place.</summary>
internal static class TextFile
{
    /// <summary>Share of Chinese characters among the others at which text is taken for Chinese when a way out is looked for.</summary>
    private const double HanShareMin = 0.6;

    private const int SampleCharsMax = 12;
    private const string WayOut = "Save it as UTF-8 (in a spreadsheet: \"CSV UTF-8\").";

    private static readonly Encoding Gb18030 = CodePagesEncodingProvider.Instance.GetEncoding(
        "gb18030", EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback)!;

    /// <summary>The text behind the byte order mark. Throws <see cref="BadFileException"/> with offset and line of the first bad byte.</summary>
    public static string Text(string path, FileLimits limits, TextEncoding encoding)
    {
        if (encoding == TextEncoding.Utf8)
        {
            return Encoding.UTF8.GetString(Utf8(path, limits).Span);
        }

        var bytes = Bytes(path, limits);
        try
        {
            return Gb18030.GetString(bytes);
        }
        catch (DecoderFallbackException bad)
        {
            throw new BadFileException(NotIn("GB18030", bytes, bad.Index, "Save it anew, or leave --encoding out when it is UTF-8."));
        }
    }

    /// <summary>The UTF-8 bytes behind the byte order mark. Throws <see cref="BadFileException"/> with offset and line of the first bad byte.</summary>
    public static ReadOnlyMemory<byte> Utf8(string path, FileLimits limits)
    {
        var bytes = Bytes(path, limits);
        ReadOnlySpan<byte> span = bytes;
        if (span.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) || span.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]))
        {
            throw new BadFileException(new(0, "", "The file begins with a UTF-16 byte order mark; only UTF-8 is read.", WayOut));
        }

        if (!System.Text.Unicode.Utf8.IsValid(span))
        {
            var way = LooksLikeGb18030(bytes) is { } sample ? $"It looks like GB18030 (“{sample}”): add --encoding gb18030. {WayOut}" : WayOut;
            throw new BadFileException(NotIn("UTF-8", bytes, FirstInvalid(span), way));
        }

        return span.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]) ? bytes.AsMemory(3) : bytes;
    }

    /// <summary>The file as it is; a missing or too large one is refused before it is read.</summary>
    public static byte[] Bytes(string path, FileLimits limits)
    {
        var file = new FileInfo(path);
        if (!file.Exists)
        {
            throw CliFailure.Usage($"There is no file {path}.", "Check the path; it is relative to the current folder.");
        }

        if (file.Length > limits.BytesMax)
        {
            throw new BadFileException(new(0, "", $"The file has {file.Length} bytes; at most {limits.BytesMax} are read.", "Split it into smaller files."));
        }

        return File.ReadAllBytes(path);
    }

    private static RowError NotIn(string encoding, byte[] bytes, int offset, string wayOut)
    {
        var line = bytes.AsSpan(0, offset).Count((byte)'\n') + 1;
        return new(line, "", $"The file is not {encoding}: byte 0x{bytes[offset]:X2} at offset {offset} (line {line}).", wayOut);
    }

    /// <summary>The first Chinese words of the file read as GB18030; null when it does not read as Chinese text.</summary>
    private static string? LooksLikeGb18030(byte[] bytes)
    {
        string text;
        try
        {
            text = Gb18030.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }

        var foreign = text.Count(c => c > 0x7F);
        var han = text.Count(IsHan);
        var sample = new string([.. text.SkipWhile(c => !IsHan(c)).TakeWhile(IsHan).Take(SampleCharsMax)]);
        return han >= HanShareMin * foreign && han > 0 ? sample : null;
    }

    private static bool IsHan(char c) => c is >= '\u4E00' and <= '\u9FFF';

    private static int FirstInvalid(ReadOnlySpan<byte> bytes)
    {
        var at = 0;
        while (at < bytes.Length)
        {
            if (Rune.DecodeFromUtf8(bytes[at..], out _, out var consumed) != OperationStatus.Done)
            {
                return at;
            }

            at += consumed;
        }

        return bytes.Length;
    }
}
