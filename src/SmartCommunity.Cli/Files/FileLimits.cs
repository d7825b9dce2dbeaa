namespace SmartCommunity.Cli.Files;

/// <summary>How large an input may be. The whole file is held in memory once, so its size is what bounds a run.</summary>
/// <param name="BytesMax">Size of the file.</param>
/// <param name="RowsMax">Data rows or features.</param>
/// <param name="ColumnsMax">Columns of one row.</param>
/// <param name="FieldCharsMax">Characters of one field.</param>
internal sealed record FileLimits(long BytesMax, int RowsMax, int ColumnsMax, int FieldCharsMax)
{
    /// <summary>For files that change the directory.</summary>
    public static FileLimits Import { get; } = new(64L * 1024 * 1024, 100_000, 64, 32 * 1024);

    /// <summary>For files that are replayed as messages.</summary>
    public static FileLimits Replay { get; } = new(256L * 1024 * 1024, 2_000_000, 256, 32 * 1024);
}
