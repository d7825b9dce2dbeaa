namespace SmartCommunity.Cli.Files;

/// <summary>One data row. <paramref name="number"/> is what a spreadsheet shows: the header is row 1.</summary>
internal sealed class TableRow(int number, IReadOnlyDictionary<string, int> columns, string[] fields)
{
    public int Number { get; } = number;

    /// <summary>The field as it stands in the file, quotes taken off; empty when the column is not in the file.</summary>
    public string this[string column] => columns.TryGetValue(column, out var index) ? fields[index] : string.Empty;
}

/// <summary>How a table file is to be read.</summary>
/// <param name="Encoding">Of a CSV file.</param>
/// <param name="Sheet">Of a workbook; null for its first.</param>
/// <param name="Names">Other names of columns; null for none.</param>
internal sealed record TableForm(TextEncoding Encoding = TextEncoding.Utf8, string? Sheet = null, IReadOnlyDictionary<string, string>? Names = null)
{
    public static TableForm Plain { get; } = new();
}

/// <summary>
/// A table with a header row: a sheet of an XLSX workbook, told by its first bytes, or CSV; see <see cref="CsvLexer"/>. Rows are read one after the other. A
/// file that is no such table throws <see cref="BadFileException"/> with the row.
/// </summary>
internal sealed class Table
{
    private readonly IRowSource source;
    private readonly FileLimits limits;
    private readonly Dictionary<string, int> columns = new(StringComparer.Ordinal);

    private Table(IRowSource source, FileLimits limits, string[] header)
    {
        this.source = source;
        this.limits = limits;
        Header = header;
    }

    public IReadOnlyList<string> Header { get; }

    /// <summary>Opens the file and reads its header; <paramref name="required"/> columns must be there.</summary>
    public static Table Open(string path, TableForm form, FileLimits limits, params IEnumerable<string> required)
    {
        var source = Source(path, form, limits);
        var header = source.Read()
            ?? throw new BadFileException(new(0, "", "The file is empty.", $"The first row must name the columns: {string.Join(',', required)}."));
        var table = new Table(source, limits, [.. header.Select(h => form.Names?.GetValueOrDefault(h.Trim()) ?? h.Trim())]);
        for (var i = 0; i < table.Header.Count; i++)
        {
            if (!table.columns.TryAdd(table.Header[i], i))
            {
                throw new BadFileException(new(source.Row, table.Header[i], "The column appears twice.", "Give each column its own name."));
            }
        }

        foreach (var name in required)
        {
            if (!table.columns.ContainsKey(name))
            {
                throw new BadFileException(new(source.Row, name, $"The column is missing; the header has: {Shortened(table.Header)}.", "Add the column; names are exact, in lower case."));
            }
        }

        return table;
    }

    /// <summary>All rows. One that has not the header's columns is told to <paramref name="errors"/> and left out; without that list it ends the reading.</summary>
    public IEnumerable<TableRow> Rows(List<RowError>? errors = null)
    {
        for (var count = 1; source.Read() is { } fields; count++)
        {
            if (count > limits.RowsMax)
            {
                throw new BadFileException(new(source.Row, "", $"The file has more than {limits.RowsMax} rows.", "Split it into smaller files."));
            }

            if (fields.Length == Header.Count)
            {
                yield return new(source.Row, columns, fields);
                continue;
            }

            var error = new RowError(
                source.Row,
                "",
                $"The row has {fields.Length} columns, the header has {Header.Count}.",
                "Put text that holds a comma or a newline in quotes, and double the quotes inside.");
            (errors ?? throw new BadFileException(error)).Add(error);
        }
    }

    private static IRowSource Source(string path, TableForm form, FileLimits limits)
    {
        var head = new byte[8];
        if (File.Exists(path))
        {
            using var file = File.OpenRead(path);
            file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        }

        return XlsxSheet.IsWorkbook(head)
            ? XlsxSheet.Open(TextFile.Bytes(path, limits), form.Sheet, limits)
            : new CsvLexer(TextFile.Text(path, limits, form.Encoding), limits);
    }

    private static string Shortened(IReadOnlyList<string> header) => string.Join(", ", header.Take(12)) + (header.Count > 12 ? ", …" : "");
}
