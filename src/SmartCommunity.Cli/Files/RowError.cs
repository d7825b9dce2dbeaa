namespace SmartCommunity.Cli.Files;

/// <summary>
/// One thing wrong with one row. <paramref name="Row"/> counts as a spreadsheet does (the header is row 1) for CSV, and from 1 by feature for
/// GeoJSON; 0 means the file as a whole.
/// </summary>
/// <param name="Column">Column or property; empty for the whole row.</param>
/// <param name="Rule">The rule that was broken, as a sentence.</param>
/// <param name="WayOut">What to change.</param>
internal sealed record RowError(int Row, string Column, string Rule, string WayOut);

/// <summary>The file cannot be read as what it should be; nothing was sent anywhere.</summary>
internal sealed class BadFileException(RowError error) : Exception(error.Rule)
{
    public RowError Error { get; } = error;
}
