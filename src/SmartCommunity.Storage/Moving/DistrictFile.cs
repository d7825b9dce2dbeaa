namespace SmartCommunity.Storage.Moving;

/// <summary>What a file made by <see cref="Sqlite.StoreFile.WriteAsync"/> says of itself.</summary>
/// <param name="District">Code of the district.</param>
/// <param name="Position">The last position of the store it came from; no row stands after it.</param>
/// <param name="Lines">All lines.</param>
/// <param name="StateHash">Of the district in that store at that position.</param>
public sealed record DistrictFile(string District, long Position, long Lines, string StateHash)
{
    /// <summary>Reads the whole file, every sum and the last line's count.</summary>
    /// <exception cref="DistrictFileException">It is no export, or was altered or cut off.</exception>
    public static DistrictFile Check(string file, CancellationToken cancellation)
    {
        var (district, position, lines) = (string.Empty, 0L, 0L);
        string? hash = null;
        foreach (var line in DistrictLines.Read(file))
        {
            cancellation.ThrowIfCancellationRequested();
            lines = line.Number;
            if (lines == 1)
            {
                (district, position) = Head(line);
            }
            else if (hash is not null)
            {
                throw new DistrictFileException(lines, "it stands after the end; export the district again.");
            }
            else if (line.Name == DistrictLines.End)
            {
                hash = End(line);
            }
            else if (DistrictTables.Find(line.Name) is not { } table || table.Columns.Length != line.Count)
            {
                throw new DistrictFileException(lines, "it is no row of an export that this program knows; use the program that made it, or a newer one.");
            }
        }

        return hash is null
            ? throw new DistrictFileException(lines + 1, "the file ends before its last line; export the district again, or copy the file again.")
            : new(district, position, lines, hash);
    }

    private static (string District, long Position) Head(DistrictLine line) => line.Name == DistrictLines.Format && line.Count == 2 && line.Int64(1) >= 0
        ? (line.Text(0), line.Int64(1))
        : throw new DistrictFileException(line.Number, $"it does not begin with {DistrictLines.Format}: this is no export, or one of another version; use the program that made it.");

    private static string End(DistrictLine line) => line.Count == 2 && line.Int64(0) == line.Number - 1
        ? line.Text(1)
        : throw new DistrictFileException(line.Number, "it counts other lines than there are; export the district again.");
}
