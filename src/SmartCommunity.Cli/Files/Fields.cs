using System.Globalization;

namespace SmartCommunity.Cli.Files;

/// <summary>
/// Takes the fields of one row as numbers, truths and texts and gathers what is wrong instead of stopping at the first, so that one run
/// tells everything. Ids, areas and ranges are the server's to judge; only form is judged here.
/// </summary>
internal sealed class Fields(TableRow row, List<RowError> errors)
{
    public int Number => row.Number;

    public string Text(string column) => row[column].Trim();

    public string Required(string column)
    {
        var text = Text(column);
        if (text.Length == 0)
        {
            Add(column, "The field is empty.", "Fill it in.");
        }

        return text;
    }

    /// <summary>A number with a dot; a decimal comma, NaN and infinity are refused.</summary>
    public double Decimal(string column)
    {
        var text = Required(column);
        if (double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var value)
            && double.IsFinite(value))
        {
            return value;
        }

        if (text.Length > 0)
        {
            Add(column, $"'{Excerpt(text)}' is no number.", "Write it with a dot, for example 117.2301.");
        }

        return 0;
    }

    /// <summary>A whole number of at least 0; empty means 0.</summary>
    public int Count(string column)
    {
        var text = Text(column);
        if (text.Length == 0)
        {
            return 0;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value))
        {
            return value;
        }

        Add(column, $"'{Excerpt(text)}' is no whole number of at least 0.", "Write digits only, or leave it empty for 0.");
        return 0;
    }

    /// <summary><c>true</c>/<c>false</c>, <c>1</c>/<c>0</c>, <c>yes</c>/<c>no</c>, <c>是</c>/<c>否</c>; empty means false.</summary>
    public bool Truth(string column)
    {
        switch (Text(column).ToLowerInvariant())
        {
            case "true" or "1" or "yes" or "是":
                return true;
            case "" or "false" or "0" or "no" or "否":
                return false;
            default:
                Add(column, $"'{Excerpt(Text(column))}' is neither true nor false.", "Write true or false.");
                return false;
        }
    }

    public void Add(string column, string rule, string wayOut) => errors.Add(new(row.Number, column, rule, wayOut));

    private static string Excerpt(string text) => text.Length <= 40 ? text : text[..40] + "…";
}
