using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace SmartCommunity.Tidy;

public sealed class DocsTests
{
    private const string ImplicitUsings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    [Fact]
    public void Links_lead_somewhere() => Verdict.None(
        from page in Markdown.Pages
        from link in Markdown.Links(page)
        where !link.Contains("://", StringComparison.Ordinal) && !link.StartsWith("mailto:", StringComparison.Ordinal)
        let fault = Broken(page, link)
        where fault is not null
        select $"{page}: ({link}) {fault}");

    [Fact]
    public void Every_page_of_docs_is_in_the_index() => Verdict.None(
        from page in Markdown.Pages
        where page.StartsWith("docs/", StringComparison.Ordinal) && page != "docs/README.md"
        where !Markdown.Links("docs/README.md").Contains(page["docs/".Length..])
        select $"{page} is not linked from docs/README.md");

    [Fact]
    public void Csharp_in_the_docs_compiles()
    {
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Concat(Directory.GetFiles(AppContext.BaseDirectory, "SmartCommunity.*.dll"))
            .DistinctBy(Path.GetFileName)
            .Select(f => (MetadataReference)MetadataReference.CreateFromFile(f))
            .ToArray();
        Verdict.None(
            from page in Markdown.Pages
            from fence in Markdown.Fences(page)
            where fence.Language is "csharp" or "cs" or "c#"
            from error in Compile(fence, references)
            select $"{page}:{fence.Line}: {error}");
    }

    private static IEnumerable<string> Compile(Fence fence, MetadataReference[] references)
    {
        var code = CSharpSyntaxTree.ParseText(fence.Text);
        var kind = code.GetCompilationUnitRoot().Members.Any(m => m is Microsoft.CodeAnalysis.CSharp.Syntax.GlobalStatementSyntax)
            ? OutputKind.ConsoleApplication
            : OutputKind.DynamicallyLinkedLibrary;
        return CSharpCompilation
            .Create("fence", [code, CSharpSyntaxTree.ParseText(ImplicitUsings)], references, new CSharpCompilationOptions(kind))
            .GetDiagnostics()
            .Where(d => d.Severity == DiagnosticSeverity.Error)
            .Select(d => d.ToString());
    }

    private static string? Broken(string page, string link)
    {
        var parts = link.Split('#', 2);
        var target = parts[0].Length == 0 ? page : Resolve(page, parts[0]);
        var full = Path.Combine(Repository.Root, target);
        if (!File.Exists(full) && !System.IO.Directory.Exists(full))
        {
            return "names no file";
        }

        return parts.Length == 2 && target.EndsWith(".md", StringComparison.Ordinal) && !Markdown.Anchors(target).Contains(parts[1])
            ? $"names no heading of {target}"
            : null;
    }

    private static string Resolve(string page, string link) =>
        Path.GetRelativePath(Repository.Root, Path.GetFullPath(Path.Combine(Repository.Root, Path.GetDirectoryName(page)!, link))).Replace('\\', '/');
}
