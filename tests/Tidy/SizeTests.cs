using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Xunit;

namespace SmartCommunity.Tidy;

public sealed class SizeTests
{
    private const int FileLinesMax = 400;
    private const int MethodLinesMax = 70;
    private const int ProgramLinesMax = 120;

    [Fact]
    public void No_source_file_is_longer_than_400_lines() => Verdict.None(
        from source in Repository.Sources
        let lines = source.Tree.GetText().Lines.Count
        where lines > FileLinesMax + 1
        select $"{source.File}: {lines} lines; give a part of it its own file");

    [Fact]
    public void No_method_is_longer_than_70_lines() => Verdict.None(
        from source in Repository.Sources
        from node in source.Root.DescendantNodes()
        where node is BaseMethodDeclarationSyntax or LocalFunctionStatementSyntax or AccessorDeclarationSyntax
        let lines = LinesOf(node)
        where lines > MethodLinesMax
        select $"{source.At(node)}: {lines} lines; name its steps");

    [Fact]
    public void The_host_is_composed_in_a_short_program() =>
        Assert.InRange(Repository.ReadLines("src/SmartCommunity.Host/Program.cs").Length, 1, ProgramLinesMax - 1);

    private static int LinesOf(SyntaxNode node)
    {
        var span = node.SyntaxTree.GetLineSpan(node.Span);
        return span.EndLinePosition.Line - span.StartLinePosition.Line + 1;
    }
}
