using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace SmartCommunity.Tidy;

/// <summary>A rule that cannot fail proves nothing: each kind of look at the code is shown an offence here.</summary>
public sealed class MutantTests
{
    [Fact]
    public void An_offence_fails_the_verdict() => Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => Verdict.None(["one"]));

    [Fact]
    public void The_working_copy_is_really_looked_at()
    {
        Assert.True(Repository.Files.Length > 50);
        Assert.Contains(Repository.Sources, s => s.File == "src/SmartCommunity.Host/Program.cs");
        Assert.DoesNotContain(Repository.Sources, s => s.File.Contains("/obj/", StringComparison.Ordinal));
        Assert.All(Repository.Sources, s => Assert.True(s.Root.IsKind(SyntaxKind.CompilationUnit)));
    }
}
