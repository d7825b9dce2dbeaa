using System.Globalization;
using System.IO.Compression;
using System.Xml;
using MiniExcelLibs;

namespace SmartCommunity.Cli.Files;

/// <summary>
/// One sheet of an XLSX workbook as rows of text. Numbers are written without exponent (a 15-digit code stays a code), dates as ISO 8601, truths as true and
/// false, formulas as the value the spreadsheet last computed. A cell that holds an error such as #N/A is refused with its row.
/// </summary>
internal sealed class XlsxSheet : IRowSource
{
    /// <summary>What a workbook may hold unpacked, as a multiple of the bytes a file may have: a packed file can be a bomb.</summary>
    public const int UnpackedTimesMax = 4;

    private readonly IEnumerator<IDictionary<string, object?>> rows;
    private readonly FileLimits limits;
    private int width;

    private XlsxSheet(IEnumerator<IDictionary<string, object?>> rows, FileLimits limits)
    {
        this.rows = rows;
        this.limits = limits;
    }

    public int Row { get; private set; }

    /// <summary>True when the file is a ZIP archive, as every XLSX is, or a workbook of the kind before it.</summary>
    public static bool IsWorkbook(ReadOnlySpan<byte> head) => head.StartsWith("PK\u0003\u0004"u8) || IsOldWorkbook(head);

    /// <param name="sheet">The sheet's name; null for the first one.</param>
    public static XlsxSheet Open(byte[] bytes, string? sheet, FileLimits limits)
    {
        if (IsOldWorkbook(bytes))
        {
            throw new BadFileException(new(0, "", "The file is a workbook of the old kind (.xls).", "Save it as .xlsx or as CSV UTF-8."));
        }

        return Guarded(0, () =>
        {
            CheckUnpacked(bytes, limits.BytesMax * UnpackedTimesMax);
            var names = MiniExcel.GetSheetNames(new MemoryStream(bytes, writable: false));
            if (sheet is not null && !names.Contains(sheet))
            {
                throw new BadFileException(new(0, "", $"There is no sheet '{sheet}'.", $"The workbook has: {string.Join(", ", names)}."));
            }

            var rows = MiniExcel.Query(new MemoryStream(bytes, writable: false), useHeaderRow: false, sheet ?? names[0], ExcelType.XLSX);
            return new XlsxSheet(rows.Cast<IDictionary<string, object?>>().GetEnumerator(), limits);
        });
    }

    public string[]? Read()
    {
        while (Guarded(Row + 1, rows.MoveNext))
        {
            Row++;
            string[] fields = [.. rows.Current.Values.Select((v, i) => Text(v, i))];
            var used = Array.FindLastIndex(fields, f => f.Length > 0) + 1;
            if (used > limits.ColumnsMax)
            {
                throw new BadFileException(new(Row, "", $"The row has more than {limits.ColumnsMax} columns.", "Remove the columns that are not needed."));
            }

            if (used > 0)
            {
                // A sheet has no ragged rows: every row is as wide as the header, unless it has text beyond it.
                width = width == 0 ? used : width;
                Array.Resize(ref fields, Math.Max(used, width));
                return [.. fields.Select(f => f ?? string.Empty)];
            }
        }

        return null;
    }

    private string Text(object? value, int column)
    {
        var text = value switch
        {
            null => string.Empty,
            string s => s,
            bool b => b ? "true" : "false",
            DateTime { TimeOfDay.Ticks: 0 } d => d.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            DateTime d => d.ToString("yyyy-MM-ddTHH:mm:ss.FFF", CultureInfo.InvariantCulture),
            double n when Math.Abs(n) < (double)decimal.MaxValue && (n == 0 || Math.Abs(n) > 1e-20) => Plain(n),
            IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
            _ => value.ToString() ?? string.Empty,
        };
        if (text.Length > limits.FieldCharsMax)
        {
            throw new BadFileException(new(Row, "", $"A field is longer than {limits.FieldCharsMax} characters.", "Shorten it."));
        }

        if (value is string && text is "#N/A" or "#REF!" or "#VALUE!" or "#DIV/0!" or "#NAME?" or "#NULL!" or "#NUM!")
        {
            throw new BadFileException(new(Row, "", $"Column {column + 1} holds the error {text}.", "Mend the formula, or put the value in its place."));
        }

        return text;
    }

    private static string Plain(double number)
    {
        var shortest = number.ToString("R", CultureInfo.InvariantCulture);
        return shortest.Contains('E', StringComparison.Ordinal)
            ? decimal.Parse(shortest, NumberStyles.Float, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture)
            : shortest;
    }

    /// <summary>Unpacks every part once and counts: the sizes an archive tells of itself are the sender's word.</summary>
    private static void CheckUnpacked(byte[] bytes, long bytesMax)
    {
        using var archive = new ZipArchive(new MemoryStream(bytes, writable: false));
        var buffer = new byte[64 * 1024];
        var left = bytesMax;
        foreach (var entry in archive.Entries)
        {
            using var part = entry.Open();
            for (int n; (n = part.Read(buffer)) > 0;)
            {
                if ((left -= n) < 0)
                {
                    throw new BadFileException(new(0, "", $"Unpacked, the workbook is larger than {bytesMax} bytes.", "Split it into smaller files."));
                }
            }
        }
    }

    private static bool IsOldWorkbook(ReadOnlySpan<byte> head) => head.StartsWith((ReadOnlySpan<byte>)[0xD0, 0xCF, 0x11, 0xE0]);

    /// <summary>What the reader throws at a damaged workbook is not a fault of ours; it says little, so the row is told.</summary>
    private static T Guarded<T>(int row, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception bad) when (bad is InvalidDataException or InvalidOperationException or XmlException or FormatException or IOException
            or ArgumentException or OverflowException or NullReferenceException or KeyNotFoundException or IndexOutOfRangeException or NotSupportedException)
        {
            throw new BadFileException(new(row, "", "The workbook is damaged, or is no XLSX workbook.", "Open it in a spreadsheet and save it again as .xlsx, or as CSV UTF-8."));
        }
    }
}
