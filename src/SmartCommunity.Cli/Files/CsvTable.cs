using System.Text;

namespace SmartCommunity.Cli.Files;

/// <summary>One data row. <paramref name="number"/> is what a spreadsheet shows: the header is row 1.</summary>
internal sealed class CsvRow(int number, IReadOnlyDictionary<string, int> columns, string[] fields)
{
    public int Number { get; } = number;

    /// <summary>The field as it stands in the file, quotes taken off; empty when the column is not in the file.</summary>
    public string this[string column] => columns.TryGetValue(column, out var index) ? fields[index] : string.Empty;
}

/// <summary>
/// A CSV file with a header row; see <see cref="CsvLexer"/>. Rows are read one after the other. A file that is no such table throws
/// <see cref="BadFileException"/> with the row.
/// </summary>
internal sealed class CsvTable
{
    private readonly CsvLexer lexer;
    private readonly FileLimits limits;
    private readonly Dictionary<string, int> columns = new(StringComparer.Ordinal);

    private CsvTable(CsvLexer lexer, FileLimits limits, string[] header)
    {
        this.lexer = lexer;
        this.limits = limits;
        Header = header;
    }

    public IReadOnlyList<string> Header { get; }

    /// <summary>Opens the file and reads its header; <paramref name="required"/> columns must be there.</summary>
    public static CsvTable Open(string path, FileLimits limits, params IEnumerable<string> required)
    {
        var lexer = new CsvLexer(Encoding.UTF8.GetString(Utf8File.Read(path, limits).Span), limits);
        var header = lexer.Read()
            ?? throw new BadFileException(new(0, "", "The file is empty.", $"The first row must name the columns: {string.Join(',', required)}."));
        var table = new CsvTable(lexer, limits, [.. header.Select(h => h.Trim())]);
        for (var i = 0; i < table.Header.Count; i++)
        {
            if (!table.columns.TryAdd(table.Header[i], i))
            {
                throw new BadFileException(new(1, table.Header[i], "The column appears twice.", "Give each column its own name."));
            }
        }

        foreach (var name in required)
        {
            if (!table.columns.ContainsKey(name))
            {
                throw new BadFileException(new(1, name, $"The column is missing; the header has: {Shortened(table.Header)}.", "Add the column; names are exact, in lower case."));
            }
        }

        return table;
    }

    public IEnumerable<CsvRow> Rows()
    {
        while (lexer.Read() is { } fields)
        {
            if (lexer.Row - 1 > limits.RowsMax)
            {
                throw new BadFileException(new(lexer.Row, "", $"The file has more than {limits.RowsMax} rows.", "Split it into smaller files."));
            }

            if (fields.Length != Header.Count)
            {
                throw new BadFileException(new(
                    lexer.Row,
                    "",
                    $"The row has {fields.Length} columns, the header has {Header.Count}.",
                    "Put text that holds a comma or a newline in quotes, and double the quotes inside."));
            }

            yield return new(lexer.Row, columns, fields);
        }
    }

    private static string Shortened(IReadOnlyList<string> header) => string.Join(", ", header.Take(12)) + (header.Count > 12 ? ", …" : "");
}
