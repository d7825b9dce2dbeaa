using System.Text;

namespace SmartCommunity.Cli.Files;

/// <summary>
/// Splits CSV (RFC 4180: comma, quotes doubled inside quotes, newlines inside quotes, CRLF or LF) into rows. A quote inside a field
/// that does not begin with one is a character like any other (37°36'37.8"N); one that is never closed, or has text behind it, is an error with its row. Blank
/// lines are skipped. Limits are checked while reading, so that a
/// row of a million columns costs nothing.
/// </summary>
internal sealed class CsvLexer(string text, FileLimits limits) : IRowSource
{
    private readonly List<string> fields = [];
    private readonly StringBuilder quoted = new();
    private int at;

    /// <summary>Blank lines are not counted; 1 for the header.</summary>
    public int Row { get; private set; }

    public string[]? Read()
    {
        while (at < text.Length && text[at] is '\r' or '\n')
        {
            at++;
        }

        if (at >= text.Length)
        {
            return null;
        }

        Row++;
        fields.Clear();
        do
        {
            if (fields.Count == limits.ColumnsMax)
            {
                throw Bad($"The row has more than {limits.ColumnsMax} columns.", "Remove the columns that are not needed; is the separator a comma?");
            }

            fields.Add(at < text.Length && text[at] == '"' ? Quoted() : Plain());
        }
        while (TryTakeComma());
        TakeEndOfRow();
        return [.. fields];
    }

    private string Plain()
    {
        var length = text.AsSpan(at).IndexOfAny(",\r\n");
        var end = length < 0 ? text.Length : at + length;
        CheckLength(end - at);
        var field = text[at..end];
        at = end;
        return field;
    }

    private string Quoted()
    {
        quoted.Clear();
        for (at++; ;)
        {
            var length = text.AsSpan(at).IndexOf('"');
            if (length < 0)
            {
                throw Bad("A quote is opened and never closed.", "Close it; quotes inside a quoted field are doubled.");
            }

            CheckLength(quoted.Length + length);
            quoted.Append(text, at, length);
            at += length + 1;
            if (at >= text.Length || text[at] != '"')
            {
                break;
            }

            quoted.Append('"');
            at++;
        }

        if (at < text.Length && text[at] is not (',' or '\r' or '\n'))
        {
            throw Bad("Text follows the closing quote of a field.", "Put the whole field in quotes and double the quotes inside.");
        }

        return quoted.ToString();
    }

    private bool TryTakeComma()
    {
        var here = at < text.Length && text[at] == ',';
        at += here ? 1 : 0;
        return here;
    }

    private void TakeEndOfRow()
    {
        at += at < text.Length && text[at] == '\r' ? 1 : 0;
        at += at < text.Length && text[at] == '\n' ? 1 : 0;
    }

    private void CheckLength(int chars)
    {
        if (chars > limits.FieldCharsMax)
        {
            throw Bad($"A field is longer than {limits.FieldCharsMax} characters, or a quote is never closed.", "Shorten the field or close the quote.");
        }
    }

    private BadFileException Bad(string rule, string wayOut) => new(new(Row, "", rule, wayOut));
}
