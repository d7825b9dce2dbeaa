using System.Text.Unicode;

namespace SmartCommunity.Cli.Files;

/// <summary>Reads a file that must be UTF-8, with or without a byte order mark. Any other encoding is refused, never guessed.</summary>
internal static class Utf8File
{
    private const string WayOut = "Save it as UTF-8 (in a spreadsheet: \"CSV UTF-8\"); iconv -f GB18030 -t UTF-8 turns a Chinese ANSI file.";

    /// <summary>The bytes behind the byte order mark. Throws <see cref="BadFileException"/> with the offset of the first bad byte and its line.</summary>
    public static ReadOnlyMemory<byte> Read(string path, FileLimits limits)
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

        var bytes = File.ReadAllBytes(path);
        ReadOnlySpan<byte> span = bytes;
        if (span.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) || span.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]))
        {
            throw new BadFileException(new(0, "", "The file begins with a UTF-16 byte order mark; only UTF-8 is read.", WayOut));
        }

        if (!Utf8.IsValid(span))
        {
            var offset = FirstInvalid(span);
            var line = span[..offset].Count((byte)'\n') + 1;
            throw new BadFileException(new(line, "", $"The file is not UTF-8: byte 0x{span[offset]:X2} at offset {offset} (line {line}).", WayOut));
        }

        return span.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]) ? bytes.AsMemory(3) : bytes;
    }

    private static int FirstInvalid(ReadOnlySpan<byte> bytes)
    {
        var at = 0;
        while (at < bytes.Length)
        {
            if (System.Text.Rune.DecodeFromUtf8(bytes[at..], out _, out var consumed) != System.Buffers.OperationStatus.Done)
            {
                return at;
            }

            at += consumed;
        }

        return bytes.Length;
    }
}
