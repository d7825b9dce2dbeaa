namespace SmartCommunity.Cli.Connections;

/// <summary>
/// The file <c>data/demo.env</c> that the demo host writes: lines <c>NAME=value</c>, <c>#</c> begins a comment. Found by walking up
/// from the current folder, so that <c>sc</c> works anywhere inside the checkout.
/// </summary>
internal static class DemoEnv
{
    /// <summary>A demo.env larger than this is none.</summary>
    public const int FileBytesMax = 64 * 1024;

    /// <summary>The folder that holds <c>demo.env</c>, or null.</summary>
    public static string? FindFolder(string start)
    {
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
        {
            var data = Path.Combine(folder.FullName, "data");
            if (File.Exists(Path.Combine(data, "demo.env")))
            {
                return data;
            }
        }

        return null;
    }

    public static IReadOnlyDictionary<string, string> Read(string dataFolder)
    {
        var path = Path.Combine(dataFolder, "demo.env");
        if (new FileInfo(path).Length > FileBytesMax)
        {
            throw CliFailure.Usage($"{path} is larger than {FileBytesMax} bytes: it is not the file the demo host writes.", "Remove it and start the host again.");
        }

        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var raw in File.ReadLines(path))
        {
            var line = raw.Trim();
            var equals = line.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0 && line[0] != '#')
            {
                values[line[..equals].Trim()] = line[(equals + 1)..].Trim().Trim('"');
            }
        }

        return values;
    }
}
