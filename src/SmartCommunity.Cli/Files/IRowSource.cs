namespace SmartCommunity.Cli.Files;

/// <summary>Rows of fields, one after the other: text or a sheet. What cannot be read throws <see cref="BadFileException"/> with its row.</summary>
internal interface IRowSource
{
    /// <summary>Number of the row last read, as a spreadsheet shows it; the header is row 1 unless the sheet begins further down.</summary>
    int Row { get; }

    /// <summary>The fields of the next row that is not blank; null at the end.</summary>
    string[]? Read();
}
