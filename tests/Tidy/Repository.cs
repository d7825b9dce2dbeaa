using System.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace SmartCommunity.Tidy;

/// <summary>The working copy that is looked at: what git knows of it, parsed once.</summary>
internal static class Repository
{
    private static readonly Lazy<string> LazyRoot = new(FindRoot);
    private static readonly Lazy<string[]> LazyFiles = new(ListFiles);
    private static readonly Lazy<Source[]> LazySources = new(() => Files
        .Where(f => f.EndsWith(".cs", StringComparison.Ordinal))
        .Select(f => new Source(f, Parse(f)))
        .ToArray());

    public static string Root => LazyRoot.Value;

    /// <summary>Tracked files and new ones that no rule ignores, relative to the root, with forward slashes.</summary>
    public static string[] Files => LazyFiles.Value;

    public static Source[] Sources => LazySources.Value;

    public static string[] TextFiles => Files.Where(f => !IsBinary(f)).ToArray();

    public static string Read(string file) => File.ReadAllText(Path.Combine(Root, file));

    public static string[] ReadLines(string file) => File.ReadAllLines(Path.Combine(Root, file));

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "SmartCommunity.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("No SmartCommunity.sln above the test binary.");
    }

    private static string[] ListFiles()
    {
        using var git = Process.Start(new ProcessStartInfo("git", ["ls-files", "--cached", "--others", "--exclude-standard", "-z"])
        {
            WorkingDirectory = Root,
            RedirectStandardOutput = true,
        })!;
        var names = git.StandardOutput.ReadToEnd().Split('\0', StringSplitOptions.RemoveEmptyEntries);
        git.WaitForExit();
        return names.Where(n => File.Exists(Path.Combine(Root, n))).Distinct().Order(StringComparer.Ordinal).ToArray();
    }

    private static SyntaxTree Parse(string file) => CSharpSyntaxTree.ParseText(Read(file), path: file);

    private static bool IsBinary(string file)
    {
        using var stream = File.OpenRead(Path.Combine(Root, file));
        var head = new byte[1024];
        var length = stream.Read(head);
        return head.AsSpan(0, length).Contains((byte)0);
    }
}

internal sealed record Source(string File, SyntaxTree Tree)
{
    public bool IsProduct => File.StartsWith("src/", StringComparison.Ordinal);

    public SyntaxNode Root => Tree.GetRoot();

    public string At(SyntaxNode node) => $"{File}:{node.GetLocation().GetLineSpan().StartLinePosition.Line + 1}";

    public string At(SyntaxTrivia trivia) => $"{File}:{trivia.GetLocation().GetLineSpan().StartLinePosition.Line + 1}";
}
