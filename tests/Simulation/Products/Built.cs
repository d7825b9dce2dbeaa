namespace SmartCommunity.Simulation.Products;

/// <summary>The programs as they were built, in their own output folders and with this test's own configuration.</summary>
internal static class Built
{
    private static readonly Lazy<string> LazyRoot = new(FindRoot);

    /// <summary>The root of the working copy.</summary>
    public static string Root => LazyRoot.Value;

    /// <summary>This test's own configuration: Debug or Release.</summary>
    public static string Configuration => new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;

    /// <summary>Full path of <paramref name="file"/> in the output folder of a project of <c>src</c>.</summary>
    public static string Program(string project, string file)
    {
        // …/bin/{configuration}/{framework}/
        var own = new DirectoryInfo(AppContext.BaseDirectory);
        return Path.Combine(Root, "src", project, "bin", Configuration, own.Name, file);
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "SmartCommunity.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("No SmartCommunity.sln above the test binary.");
    }
}
